using System.Runtime.CompilerServices;
using System.Text;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Releases;

namespace ReleaseWorkflows.Domain.Tests.Documents;

/// <summary>
/// docs/RULES.md and the parts of it that are drawn from the code: what stands between <c>&lt;!-- name: drawn … --&gt;</c> and
/// <c>&lt;!-- end of name --&gt;</c>.
/// </summary>
internal static class RulesDocument
{
    /// <summary>Set to true to have the tests write the parts instead of comparing them.</summary>
    public const string UpdateVariable = "RELEASEWORKFLOWS_UPDATE_DOCUMENTS";

    /// <summary>How each part is drawn.</summary>
    public static IReadOnlyDictionary<string, Func<string>> Parts { get; } = new Dictionary<string, Func<string>>
    {
        ["state machine"] = DrawStateMachine,
        ["transitions"] = DrawTransitions,
        ["permissions"] = DrawPermissions,
    };

    public static string Read() => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "docs", "RULES.md"));

    /// <summary>The part as it stands in the document.</summary>
    public static string PartOf(string document, string name)
    {
        var (start, end) = Locate(document, name);
        return document[start..end];
    }

    /// <summary>Writes every part into the document in the source tree.</summary>
    public static void Update([CallerFilePath] string source = "")
    {
        var path = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(source)!, "..", "..", "..", "docs", "RULES.md"));
        var document = File.ReadAllText(path);
        foreach (var (name, draw) in Parts)
        {
            var (start, end) = Locate(document, name);
            document = document[..start] + draw() + document[end..];
        }

        File.WriteAllText(path, document);
    }

    private static (int Start, int End) Locate(string document, string name)
    {
        var opening = document.IndexOf($"<!-- {name}: drawn", StringComparison.Ordinal);
        Assert.True(opening >= 0, $"docs/RULES.md lacks the comment “<!-- {name}: drawn …”.");
        var start = document.IndexOf('\n', opening) + 1;
        var end = document.IndexOf($"<!-- end of {name} -->", start, StringComparison.Ordinal);
        Assert.True(end >= 0, $"docs/RULES.md lacks the comment “<!-- end of {name} -->”.");
        return (start, end);
    }

    private static string DrawStateMachine()
    {
        var picture = new StringBuilder("```mermaid\nstateDiagram-v2\n");
        foreach (var status in Enum.GetValues<ReleaseStatus>())
        {
            picture.Append($"    state \"{ReleaseDecider.Words(status)}\" as {status}\n");
        }

        picture.Append($"    [*] --> {ReleaseStatus.NewVersionCreated}: T1 create\n");
        foreach (var arrow in ReleaseTransitions.All.GroupBy(line => (line.From, line.To)))
        {
            var words = arrow.GroupBy(line => line.Number).Select(lines => $"{lines.Key} {string.Join(", ", lines.Select(line => line.Command).Distinct())}");
            picture.Append($"    {arrow.Key.From} --> {arrow.Key.To}: {string.Join("<br/>", words)}\n");
        }

        picture.Append($"    {ReleaseStatus.Canceled} --> [*]\n    {ReleaseStatus.Archived} --> [*]\n");
        return picture.Append("```\n").ToString();
    }

    private static string DrawTransitions()
    {
        var table = new StringBuilder("| rule | from | command | by | to | when |\n|---|---|---|---|---|---|\n");
        table.Append($"| T1 | – | `create` | `{RolePermissions.NameOf(Permission.Prepare)}` | {ReleaseDecider.Words(ReleaseStatus.NewVersionCreated)} | version and target never used together |\n");
        foreach (var line in ReleaseTransitions.All)
        {
            var by = ReleaseTransitions.PermissionFor(line.Command) is { } permission ? $"`{RolePermissions.NameOf(permission)}`" : "the platform";
            table.Append($"| {line.Number} | {ReleaseDecider.Words(line.From)} | `{line.Command}` | {by} | {ReleaseDecider.Words(line.To)} | {line.Condition} |\n");
        }

        return table.ToString();
    }

    private static string DrawPermissions()
    {
        var roles = Enum.GetValues<Role>();
        var table = new StringBuilder($"| permission | {string.Join(" | ", roles)} |\n|---|{string.Concat(roles.Select(_ => ":-:|"))}\n");
        foreach (var permission in Enum.GetValues<Permission>())
        {
            table.Append($"| `{RolePermissions.NameOf(permission)}` | {string.Join(" | ", roles.Select(role => RolePermissions.Of(role).Contains(permission) ? "yes" : ""))} |\n");
        }

        return table.ToString();
    }
}
