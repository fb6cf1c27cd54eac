using System.Text.Json;
using Elsa.Workflows.Activities;
using Elsa.Workflows.Memory;

namespace ReleaseWorkflows.Runtime.Definitions.Validation;

/// <summary>
/// Finds variables that nothing in a definition speaks of: neither by id nor, as a word in any text, by name or by accessor. Text is taken
/// for use, so that a variable is never called unused wrongly.
/// </summary>
internal sealed class VariableUse
{
    private readonly HashSet<string> _words = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _phrases = [];

    private VariableUse(JsonElement root) => Collect(root);

    public static void Check(JsonElement root, Workflow workflow, List<DefinitionFinding> findings)
    {
        var use = new VariableUse(root);
        foreach (var variable in workflow.Variables)
        {
            if (!use.Contains(variable))
                findings.Add(DefinitionReader.Warning("variables", $"The variable '{variable.Name}' is not used."));
        }
    }

    private bool Contains(Variable variable) =>
        _words.Contains(variable.Id)
        || _words.Contains(variable.Name)
        || _words.Contains("get" + variable.Name)
        || _words.Contains("set" + variable.Name)
        || (!IsWord(variable.Name) && _phrases.Exists(phrase => phrase.Contains(variable.Name, StringComparison.OrdinalIgnoreCase)));

    private void Collect(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in element.EnumerateObject())
                {
                    if (!member.NameEquals("metadata") && !member.NameEquals("variables"))
                        Collect(member.Value);
                }

                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                    Collect(item);
                break;
            case JsonValueKind.String:
                CollectWords(element.GetString()!);
                break;
        }
    }

    private void CollectWords(string text)
    {
        _words.Add(text);
        _phrases.Add(text);
        for (var start = 0; start < text.Length;)
        {
            var end = start;
            while (end < text.Length && IsWordCharacter(text[end]))
                end++;
            if (end > start)
                _words.Add(text[start..end]);
            start = end + 1;
        }
    }

    private static bool IsWord(string name) => name.All(IsWordCharacter);

    private static bool IsWordCharacter(char character) => char.IsLetterOrDigit(character) || character is '_' or '$';
}
