using System.Text;
using System.Text.Json.Nodes;
using ReleaseWorkflows.Runtime.Definitions.Versions;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Runtime.AspNetCore.StudioApi.Descriptors;

/// <summary>What a script in a definition may call, as TypeScript declarations: the code editor completes and checks with them.</summary>
internal static class ScriptTypeEndpoints
{
    private const string Common = """
        declare function getWorkflowDefinitionId(): string;
        declare function getWorkflowDefinitionVersionId(): string;
        declare function getWorkflowDefinitionVersion(): number;
        declare function getWorkflowInstanceId(): string;
        declare function getWorkflowInstanceName(): string;
        declare function setWorkflowInstanceName(value: string): void;
        declare function getCorrelationId(): string;
        declare function setCorrelationId(value: string): void;
        declare function getVariable(name: string): any;
        declare function setVariable(name: string, value: any): void;
        declare function getInput(name: string): any;
        declare function getOutputFrom(activityIdOrName: string, outputName?: string): any;
        declare function getLastResult(): any;
        declare function isNullOrWhiteSpace(value: string): boolean;
        declare function isNullOrEmpty(value: string): boolean;
        declare function parseGuid(value: string): any;
        declare function getGuid(): any;
        declare function getGuidString(): string;
        declare function getShortGuid(): string;
        declare function toJson(value: any): string;
        declare function bytesToString(value: any): string;
        declare function bytesFromString(value: string): any;
        declare function bytesToBase64(value: any): string;
        declare function bytesFromBase64(value: string): any;
        declare function stringToBase64(value: string): string;
        declare function stringFromBase64(value: string): string;
        declare function streamToBytes(value: any): any;
        declare function streamToBase64(value: any): string;

        """;

    /// <summary>The declarations for scripts of a definition: functions, and its variables and inputs.</summary>
    public static async Task<StudioAnswer> DeclareAsync(StudioRequest request)
    {
        var definitionId = request.Route("definitionId");
        if (await request.Service<IDefinitionVersions>().FindAsync(definitionId, VersionSelection.Latest, 0, request.Cancelled) is not { } version)
            return StudioAnswer.NotFound;

        var definition = DefinitionText.Read(version.Json);
        var text = new StringBuilder(Common);
        var members = new StringBuilder();
        foreach (var variable in Named(definition, "variables"))
        {
            var type = TypeOf(variable.Text("typeName"), variable.IsTrue("isArray"));
            var name = variable.Text("name")!;
            members.Append("  ").Append(name).Append(": ").Append(type).Append(";\n");
            text.Append("declare function get").Append(Pascal(name)).Append("(): ").Append(type).Append(";\n");
            text.Append("declare function set").Append(Pascal(name)).Append("(value: ").Append(type).Append("): void;\n");
        }

        foreach (var input in Named(definition, "inputs"))
            text.Append("declare function get").Append(Pascal(input.Text("name")!)).Append("(): ").Append(TypeOf(input.Text("type"), input.IsTrue("isArray"))).Append(";\n");

        text.Append("declare const variables: {\n").Append(members).Append("  [name: string]: any;\n};\n");
        return StudioAnswer.File(Encoding.UTF8.GetBytes(text.ToString()), $"elsa.{definitionId}.d.ts", "application/x-typescript");
    }

    // A name that is no identifier cannot be written in a script either.
    private static IEnumerable<JsonObject> Named(JsonObject definition, string list) => (definition[list] as JsonArray ?? []).OfType<JsonObject>()
        .Where(static item => item.Text("name") is { } name && (char.IsLetter(name[0]) || name[0] is '_' or '$') && name.All(static letter => char.IsLetterOrDigit(letter) || letter is '_' or '$'))
        .DistinctBy(static item => item.Text("name"), StringComparer.Ordinal);

    private static string Pascal(string name) => char.ToUpperInvariant(name[0]) + name[1..];

    private static string TypeOf(string? typeName, bool isArray)
    {
        var item = typeName?.TrimEnd('?') switch
        {
            "String" or "Guid" or "Uri" => "string",
            "Boolean" => "boolean",
            "Int16" or "Int32" or "Int64" or "Long" or "Single" or "Double" or "Decimal" or "Byte" => "number",
            _ => "any",
        };
        return isArray ? item + "[]" : item;
    }
}
