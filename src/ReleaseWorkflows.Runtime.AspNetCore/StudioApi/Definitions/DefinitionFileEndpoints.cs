using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ReleaseWorkflows.Runtime.Definitions.Versions;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Runtime.AspNetCore.StudioApi.Definitions;

/// <summary>Definitions as files: export and import, one as JSON, several as ZIP.</summary>
internal static class DefinitionFileEndpoints
{
    private const int MaxEntries = 500;
    private const string ZipName = "workflow-definitions.zip";

    /// <summary>Exports a version, with what uses it as an activity if asked.</summary>
    public static async Task<StudioAnswer> ExportAsync(StudioRequest request)
    {
        var (versions, number) = DefinitionEndpoints.QueryVersions(request, VersionSelection.Latest);
        var withConsumers = request.QueryFlag("includeConsumingWorkflows") ?? false;
        if (request.Refusal is { } refusal)
            return refusal;

        var definitions = request.Service<IDefinitionVersions>();
        if (await definitions.FindAsync(request.Route("definitionId"), versions, number, request.Cancelled) is not { } version)
            return StudioAnswer.NotFound;

        var all = new List<WorkflowDefinitionRecord> { version };
        if (withConsumers)
            await AddConsumersAsync(all, request);
        return all.Count == 1 ? StudioAnswer.File(Text(version, request), NameOf(version)) : Zip(all, request);
    }

    /// <summary>Exports versions as ZIP.</summary>
    public static async Task<StudioAnswer> ExportManyAsync(StudioRequest request)
    {
        var body = await request.ReadBodyAsync();
        var ids = body.Texts("ids");
        var withConsumers = body.Flag("includeConsumingWorkflows") ?? false;
        if (request.Refusal is { } refusal)
            return refusal;

        var definitions = request.Service<IDefinitionVersions>();
        var all = new List<WorkflowDefinitionRecord>();
        foreach (var id in ids.Distinct(StringComparer.Ordinal).Take(MaxEntries))
        {
            if (await definitions.FindVersionAsync(id, request.Cancelled) is { } version && request.May(StudioPermissions.ReadWorkflowDefinitions, version.DefinitionId))
                all.Add(version);
        }

        if (all.Count == 0)
            return StudioAnswer.NotFound;
        if (withConsumers)
            await AddConsumersAsync(all, request);
        return Zip(all, request);
    }

    /// <summary>Imports a definition: a new one, or the next draft of one that exists. It is not published.</summary>
    public static async Task<StudioAnswer> ImportAsync(StudioRequest request)
    {
        var body = await request.ReadBodyAsync();
        if (request.Refusal is { } refusal)
            return refusal;

        var wrapped = body.Member("model");
        if (DefinitionEndpoints.ReadModel(wrapped.ValueKind == JsonValueKind.Object ? wrapped : body.Source, request) is not { } model)
            return request.Refusal!;
        if (request.Context.Request.RouteValues.ContainsKey("definitionId"))
            model["definitionId"] = request.Route("definitionId");

        var (change, problem) = await ImportAsync(model, request);
        return problem ?? StudioAnswer.Json(DefinitionView.Full(change!.Version!, request));
    }

    /// <summary>Imports files, each JSON or a ZIP of them.</summary>
    public static async Task<StudioAnswer> ImportFilesAsync(StudioRequest request)
    {
        if (!request.Context.Request.HasFormContentType)
            return StudioAnswer.Invalid("files", ["Send the files as a form: multipart/form-data."]);

        var models = new List<(string File, JsonObject Model)>();
        var errors = new List<string>();
        foreach (var file in await ReadFilesAsync(request))
        {
            if (IsZip(file.Content))
                Unzip(file.Name, file.Content, request.Options.MaxBodyBytes, models, errors);
            else
                Read(file.Name, file.Content, models, errors);
        }

        if (errors.Count > 0)
            return StudioAnswer.Invalid("files", errors);

        var count = 0;
        foreach (var (file, model) in models)
        {
            var (_, problem) = await ImportAsync(model, request);
            if (problem is null)
                count++;
            else if (count == 0)
                return problem;
            else
                return StudioAnswer.Invalid("files", [$"{count} definitions were imported; {file} was not, and none after it."]);
        }

        return StudioAnswer.Json(new { Count = count });
    }

    private static async Task<(VersionChange? Change, StudioAnswer? Problem)> ImportAsync(JsonObject model, StudioRequest request)
    {
        var definitionId = model.Text("definitionId");
        var exists = definitionId is not null
            && await request.Service<IDefinitionVersions>().FindAsync(definitionId, VersionSelection.Latest, 0, request.Cancelled) is not null;
        if (!request.May(StudioPermissions.WriteWorkflowDefinitions, exists ? definitionId : StudioCaller.NewDefinition))
            return (null, StudioAnswer.Forbidden(StudioPermissions.WriteWorkflowDefinitions));

        var draft = new DefinitionDraft(model, request.Author) { IsImport = true };
        var change = await request.Service<IDefinitionVersions>().SaveAsync(draft, request.Cancelled);
        return (change, DefinitionEndpoints.Refuse(change));
    }

    private static async Task AddConsumersAsync(List<WorkflowDefinitionRecord> all, StudioRequest request)
    {
        var definitions = request.Service<IDefinitionVersions>();
        for (var index = 0; index < all.Count && all.Count < MaxEntries; index++)
        {
            foreach (var consumer in await definitions.ListConsumersAsync(all[index].DefinitionId, request.Cancelled))
            {
                if (all.TrueForAll(known => known.DefinitionId != consumer) && request.May(StudioPermissions.ReadWorkflowDefinitions, consumer)
                    && await definitions.FindAsync(consumer, VersionSelection.Latest, 0, request.Cancelled) is { } version)
                {
                    all.Add(version);
                }
            }
        }
    }

    private static byte[] Text(WorkflowDefinitionRecord version, StudioRequest request) =>
        Encoding.UTF8.GetBytes(DefinitionView.Exported(version, request.Service<ActivityView>()).ToJsonString(StudioJson.Options));

    private static StudioAnswer Zip(List<WorkflowDefinitionRecord> versions, StudioRequest request)
    {
        using var content = new MemoryStream();
        using (var zip = new ZipArchive(content, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var version in versions)
            {
                using var entry = zip.CreateEntry(NameOf(version)).Open();
                entry.Write(Text(version, request));
            }
        }

        return StudioAnswer.File(content.ToArray(), ZipName);
    }

    // For people, and safe on any file system: small letters, digits and hyphens.
    private static string NameOf(WorkflowDefinitionRecord version)
    {
        var words = $"workflow-definition-{version.Name ?? "unnamed"}-{version.DefinitionId}-{version.Id}";
        var name = new StringBuilder(words.Length);
        foreach (var letter in words)
        {
            if (char.IsAsciiLetterOrDigit(letter))
                name.Append(char.ToLowerInvariant(letter));
            else if (name.Length > 0 && name[^1] != '-')
                name.Append('-');
        }

        return name.ToString().Trim('-') + ".json";
    }

    private static async Task<List<(string Name, byte[] Content)>> ReadFilesAsync(StudioRequest request)
    {
        // The form is read from bytes whose number is bounded, not from the connection.
        using var bytes = await request.ReadBytesAsync();
        bytes.Position = 0;
        request.Context.Request.Body = bytes;
        var form = await request.Context.Request.ReadFormAsync(request.Cancelled);
        var files = new List<(string, byte[])>();
        foreach (var file in form.Files)
        {
            using var content = new MemoryStream();
            await file.CopyToAsync(content, request.Cancelled);
            files.Add((Path.GetFileName(file.FileName), content.ToArray()));
        }

        return files;
    }

    private static bool IsZip(byte[] content) => content is [0x50, 0x4B, 0x03, 0x04, ..];

    // Entries are read into memory and never written to a path, so their names do no harm; what they grow to is bounded.
    private static void Unzip(string file, byte[] content, long maxBytes, List<(string, JsonObject)> models, List<string> errors)
    {
        try
        {
            using var zip = new ZipArchive(new MemoryStream(content), ZipArchiveMode.Read);
            if (zip.Entries.Count > MaxEntries)
            {
                errors.Add($"{file}: the archive has more than {MaxEntries} entries.");
                return;
            }

            long total = 0;
            foreach (var entry in zip.Entries.Where(static entry => entry.Name.EndsWith(".json", StringComparison.OrdinalIgnoreCase)))
            {
                using var text = new MemoryStream();
                using var source = entry.Open();
                var chunk = new byte[16 * 1024];
                for (int read; (read = source.Read(chunk)) > 0;)
                {
                    total += read;
                    if (total > maxBytes)
                    {
                        errors.Add($"{file}: its entries are larger than {maxBytes / 1024 / 1024} MB.");
                        return;
                    }

                    text.Write(chunk, 0, read);
                }

                Read($"{file}/{entry.Name}", text.ToArray(), models, errors);
            }
        }
        catch (InvalidDataException exception)
        {
            errors.Add($"{file}: {exception.Message}");
        }
    }

    private static void Read(string file, byte[] content, List<(string, JsonObject)> models, List<string> errors)
    {
        try
        {
            models.Add((file, DefinitionText.Read(Encoding.UTF8.GetString(content).TrimStart('\uFEFF'))));
            if (models[^1].Item2.Count == 0)
                errors.Add($"{file}: this is not a workflow definition.");
        }
        catch (JsonException exception)
        {
            errors.Add($"{file}: {exception.Message}");
        }
    }
}
