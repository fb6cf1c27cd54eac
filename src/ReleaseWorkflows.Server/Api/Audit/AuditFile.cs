using System.Globalization;
using System.Text;
using System.Text.Json;
using ReleaseWorkflows.Domain.Audit;

namespace ReleaseWorkflows.Server.Api.Audit;

/// <summary>The trail as a file, page after page as it is read: however long it is, the server holds one page of it.</summary>
internal sealed class AuditFile
{
    private const int LinesAtOnce = 500;

    private static readonly JsonSerializerOptions OneLine = new(ApiJson.Options) { WriteIndented = false };

    private readonly string _contentType;
    private readonly string _header;
    private readonly Func<AuditAnswer, string> _write;

    private AuditFile(string extension, string contentType, string header, Func<AuditAnswer, string> write)
    {
        Extension = extension;
        _contentType = contentType;
        _header = header;
        _write = write;
    }

    /// <summary><c>csv</c> or <c>jsonl</c>.</summary>
    public string Extension { get; }

    /// <summary>The format with this name, or null.</summary>
    public static AuditFile? Of(string format) => format switch
    {
        // With a mark at the beginning, which spreadsheets need to see that it is UTF-8.
        "csv" => new AuditFile("csv", "text/csv; charset=utf-8", "\uFEFFat,actorId,actor,origin,action,subjectKind,subject,workspace,otherWorkspace,text,changes\r\n", WriteCsv),
        "jsonl" => new AuditFile("jsonl", "application/jsonl; charset=utf-8", "", entry => JsonSerializer.Serialize(entry, OneLine) + "\n"),
        _ => null,
    };

    /// <summary>The answer that downloads what the query finds. Its limit and position do not count.</summary>
    public IResult Stream(IAuditTrail trail, AuditQuery query) => Results.Stream(
        async body =>
        {
            await using var writer = new StreamWriter(body, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 32_768, leaveOpen: true);
            await writer.WriteAsync(_header);
            string? after = null;
            do
            {
                var page = await trail.ListAsync(query with { After = after, Limit = LinesAtOnce }, CancellationToken.None);
                foreach (var entry in page.Items)
                {
                    await writer.WriteAsync(_write(AuditAnswer.From(entry)));
                }

                await writer.FlushAsync();
                after = page.Next;
            }
            while (after is not null);
        },
        _contentType,
        $"audit.{Extension}");

    /// <summary>A cell of a CSV file (RFC 4180). What a spreadsheet would take for a formula gets an apostrophe before it, so that it stays text.</summary>
    internal static string Cell(string? text)
    {
        var safe = text is { Length: > 0 } && text[0] is '=' or '+' or '-' or '@' or '\t' or '\r' or '\n' ? "'" + text : text ?? "";
        return safe.AsSpan().IndexOfAny(",\"\r\n;") >= 0 || safe.StartsWith('\'') ? $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : safe;
    }

    private static string WriteCsv(AuditAnswer entry)
    {
        var changes = string.Join("; ", entry.Changes.Select(change => $"{change.Field}: {change.Before ?? "(nothing)"} -> {change.After ?? "(nothing)"}"));
        var cells = new[]
        {
            entry.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture), entry.ActorId.Value, entry.Actor, entry.Origin, entry.Action,
            entry.SubjectKind, entry.Subject, entry.Workspace?.Value, entry.OtherWorkspace?.Value, entry.Text, changes,
        };
        return string.Join(',', cells.Select(Cell)) + "\r\n";
    }
}
