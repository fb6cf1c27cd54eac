using System.Text.Json.Nodes;
using Acme.Activities;
using Microsoft.Extensions.DependencyInjection;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Runtime;
using ReleaseWorkflows.Server.Tests.Infrastructure;
using ReleaseWorkflows.Server.Tests.Readme;

namespace ReleaseWorkflows.Server.Tests.Documentation;

/// <summary>What docs/ACTIVITIES.md shows is what compiles and runs.</summary>
public sealed class WritingAnActivityTests
{
    [Fact]
    public void The_code_in_the_document_is_the_code_that_is_compiled()
    {
        var document = File.ReadAllText(Path.Combine(ReadmeText.Root, "docs", "ACTIVITIES.md"));
        const string Marker = "<!-- code: tests/ReleaseWorkflows.Server.Tests/Documentation/CheckReleaseNotes.cs -->\n```csharp\n";
        var start = document.IndexOf(Marker, StringComparison.Ordinal) + Marker.Length;
        var shown = document[start..document.IndexOf("```", start, StringComparison.Ordinal)];

        var compiled = File.ReadAllText(Path.Combine(ReadmeText.Root, "tests/ReleaseWorkflows.Server.Tests/Documentation/CheckReleaseNotes.cs"));

        Assert.Equal(compiled, shown);
    }

    [Theory]
    [InlineData("New.", "UnderReview")]
    [InlineData("Order ahead, pay in the app, and collect stamps.", "FullRelease")]
    public async Task An_own_activity_takes_its_place_in_a_pipeline(string releaseNotes, string status)
    {
        var workflows = Directory.CreateDirectory(TestServer.NewFolder()).FullName;
        try
        {
            await File.WriteAllTextAsync(Path.Combine(workflows, "acme.json"), PipelineWithCheck());
            await using var server = await TestServer.StartAsync(
                builder => builder.Services.Configure<WorkflowRuntimeOptions>(options => options.AddActivity<CheckReleaseNotes>()),
                settings: [$"--ReleaseWorkflows:WorkflowsDirectory={workflows}"]);
            var admin = server.As(Role.WorkspaceAdmin);
            await admin.PostAsync("/api/apps", new
            {
                key = "superapp-c",
                name = "Superapp C",
                workspace = "superapp",
                environments = new { Development = new { }, Production = new { review = "Manual" } },
                workflowDefinitionId = "acme-pipeline",
            });
            var developer = server.As(Role.Developer);
            var created = await developer.PostAsync(
                "/api/releases",
                new { miniProgram = "coffee", version = "1.0.0", app = "superapp-c", environment = "Development", releaseNotes });
            var release = "/api/releases/" + created.Text("id");
            await Eventually.BeTrueAsync(async () => (await developer.GetAsync(release)).Text("building") == "Ready", "the package is built");

            var applied = await developer.PostAsync(release + "/apply", new { });

            Assert.Equal(status, applied.Text("status"));
        }
        finally
        {
            Directory.Delete(workflows, recursive: true);
        }
    }

    // Apply, check the notes, and go live only if they are good.
    private static string PipelineWithCheck()
    {
        var definition = JsonNode.Parse(File.ReadAllText(Path.Combine(ReadmeText.Root, "workflows/release-pipeline.json")))!;
        definition["id"] = "acme-pipeline-1";
        definition["definitionId"] = "acme-pipeline";
        var root = definition["root"]!;
        var kept = new[] { "prepare", "build", "development-application", "development-approve", "development-live" };
        var activities = root["activities"]!.AsArray().Where(activity => kept.Contains((string?)activity!["id"])).Select(activity => activity!.DeepClone()).ToList();
        activities.Add(JsonNode.Parse("""
            { "id": "check-notes", "type": "Acme.CheckReleaseNotes", "version": 1,
              "minimumLength": { "typeName": "Int32", "expression": { "type": "Literal", "value": 40 } } }
            """)!);
        root["activities"] = new JsonArray([.. activities]);
        root["connections"] = new JsonArray(
            Connection("prepare", "Done", "build"),
            Connection("build", "Built", "development-application"),
            Connection("development-application", "Applied", "check-notes"),
            Connection("check-notes", "Good", "development-approve"),
            Connection("development-approve", "Done", "development-live"));
        return definition.ToJsonString();
    }

    private static JsonObject Connection(string source, string port, string target) => new()
    {
        ["source"] = new JsonObject { ["activity"] = source, ["port"] = port },
        ["target"] = new JsonObject { ["activity"] = target, ["port"] = "In" },
    };
}
