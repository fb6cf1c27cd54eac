using System.Text.Json.Nodes;
using ReleaseWorkflows.Server.Tests.Infrastructure;

namespace ReleaseWorkflows.Server.Tests.Releases;

/// <summary>A folder of workflow definitions: those of the product, and what a test puts beside them.</summary>
internal sealed class DefinitionFolder : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>Copies the product's definitions.</summary>
    public DefinitionFolder()
    {
        Directory.CreateDirectory(_folder.Path);
        var source = System.IO.Path.Combine(AppContext.BaseDirectory, "workflows");
        foreach (var file in Directory.EnumerateFiles(source, "*.json", SearchOption.AllDirectories))
        {
            var target = System.IO.Path.Combine(_folder.Path, System.IO.Path.GetRelativePath(source, file));
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    /// <summary>The setting that makes a server use the folder.</summary>
    public string Setting => $"--ReleaseWorkflows:WorkflowsDirectory={_folder.Path}";

    /// <summary>Adds a file.</summary>
    public void Add(string name, string text) => File.WriteAllText(System.IO.Path.Combine(_folder.Path, name), text);

    /// <summary>Changes a definition of the product: its root, or all of it.</summary>
    public void Change(string name, Action<JsonObject> change, bool ofWhole = false)
    {
        var path = System.IO.Path.Combine(_folder.Path, name);
        var definition = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        change(ofWhole ? definition : definition["root"]!.AsObject());
        File.WriteAllText(path, definition.ToJsonString());
    }

    /// <summary>Adds a definition that is the product's pipeline, changed.</summary>
    public void AddPipeline(string definitionId, Action<JsonObject> change)
    {
        var definition = JsonNode.Parse(File.ReadAllText(System.IO.Path.Combine(AppContext.BaseDirectory, "workflows", "release-pipeline.json")))!.AsObject();
        definition["definitionId"] = definitionId;
        definition["id"] = definitionId + "-1";
        change(definition["root"]!.AsObject());
        Add(definitionId + ".json", definition.ToJsonString());
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _folder.DisposeAsync();
}
