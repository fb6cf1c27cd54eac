using CsvHelper;
using ReleaseWorkflows.Domain.Pilot;

namespace ReleaseWorkflows.Server.Pilot;

/// <summary>What a tester list is written in.</summary>
internal enum TesterFileFormat
{
    /// <summary>A table with <c>,</c>, <c>;</c>, tab or <c>|</c> between the columns, with or without a header.</summary>
    Csv,

    /// <summary>One id per line.</summary>
    Txt,
}

/// <summary>How large a tester list may be.</summary>
internal sealed record TesterFileLimits
{
    /// <summary>The limits of the platform.</summary>
    public static TesterFileLimits Default { get; } = new();

    /// <summary>Size in bytes. Default: 50 MB.</summary>
    public long MaxBytes { get; init; } = 50 * 1024 * 1024;

    /// <summary>Number of lines that hold something. Default: 1,000,000.</summary>
    public int MaxRows { get; init; } = 1_000_000;
}

/// <summary>Takes an uploaded list of testers apart into the lines that <see cref="TesterImport"/> looks at (T12, S1).</summary>
/// <remarks>
/// <para>
/// Files come from spreadsheets, scripts and hand: with or without a byte order mark; in UTF-8, UTF-16 or Windows-1252; with any line
/// ending. A column is recognised by its header (<c>userId</c>, <c>user_id</c>, <c>User ID</c>, <c>tester</c>, <c>email</c>, …); without
/// one, the first column counts. Empty lines are passed over. Each line keeps its number in the file.
/// </para>
/// <para>
/// A line that cannot be taken apart becomes a line with a problem; the import goes on. What makes the rest of the file unreadable (it is too
/// large, no text, or a quote is never closed) becomes a last line with <see cref="TesterLine.IsEndOfReading"/>, and nothing is imported.
/// </para>
/// </remarks>
internal static class TesterFile
{
    // Headers that name the column of ids, the surest first; compared by letters and digits alone.
    private static readonly string[] UserIdHeaders =
        ["userid", "testerid", "superappuserid", "accountid", "testeruserid", "useridentifier", "user", "tester", "testers", "account", "id"];

    private static readonly string[] EmailHeaders = ["email", "emailaddress", "mail", "testeremail", "useremail"];

    // Signatures of files that people upload by mistake, because a spreadsheet program shows them as a table too.
    private static readonly (byte[] Start, string Name)[] Foreign =
    [
        ([0x50, 0x4B, 0x03, 0x04], "a spreadsheet or a zip file"),
        ([0xD0, 0xCF, 0x11, 0xE0], "a spreadsheet"),
        ([0x25, 0x50, 0x44, 0x46], "a PDF document"),
    ];

    /// <summary>Tells the format by the name of a file: <c>.csv</c> and <c>.tsv</c>, or <c>.txt</c>.</summary>
    /// <returns>The format, or null for any other name.</returns>
    public static TesterFileFormat? FormatOf(string fileName) => Path.GetExtension(fileName).ToUpperInvariant() switch
    {
        ".CSV" or ".TSV" => TesterFileFormat.Csv,
        ".TXT" => TesterFileFormat.Txt,
        _ => null,
    };

    /// <summary>Reads a list, one line at a time.</summary>
    /// <param name="content">The file, read forwards to its end; stays open.</param>
    /// <param name="format">What it is written in.</param>
    /// <param name="kind">Which column to prefer if there is one of user ids and one of e-mail addresses.</param>
    /// <param name="limits">Limits, or null for <see cref="TesterFileLimits.Default"/>.</param>
    public static IEnumerable<TesterLine> Read(
        Stream content, TesterFileFormat format, TesterIdKind kind, TesterFileLimits? limits = null)
    {
        limits ??= TesterFileLimits.Default;
        using var source = new TesterFileStream(content, limits.MaxBytes);
        if (DescribeForeign(source.Start) is { } foreign)
        {
            yield return EndOfReading(1, foreign);
            yield break;
        }

        var headers = kind == TesterIdKind.Email ? [.. EmailHeaders, .. UserIdHeaders] : (string[])[.. UserIdHeaders, .. EmailHeaders];
        using var reader = new StreamReader(source, TesterFileText.EncodingOf(source.Start), detectEncodingFromByteOrderMarks: true);
        var lines = format == TesterFileFormat.Csv ? ReadCsv(reader, headers) : ReadTxt(reader, headers);
        var count = 0;
        foreach (var line in StopWhereReadingFails(lines, limits))
        {
            if (++count > limits.MaxRows && !line.IsEndOfReading)
            {
                yield return EndOfReading(
                    line.Number, FormattableString.Invariant($"The file may have at most {limits.MaxRows:N0} rows; import it in parts."));
                yield break;
            }

            yield return line;
        }
    }

    private static TesterLine EndOfReading(int line, string problem) => new(line, "", problem, IsEndOfReading: true);

    private static string? DescribeForeign(ReadOnlySpan<byte> start)
    {
        foreach (var (signature, name) in Foreign)
        {
            if (start.StartsWith(signature))
            {
                return $"The file is {name}, not text; save the list as CSV or TXT.";
            }
        }

        return null;
    }

    /// <summary>Turns what a reader throws about the input into a last line.</summary>
    private static IEnumerable<TesterLine> StopWhereReadingFails(IEnumerable<TesterLine> lines, TesterFileLimits limits)
    {
        using var enumerator = lines.GetEnumerator();
        for (var reached = 1; ;)
        {
            TesterLine line;
            try
            {
                if (!enumerator.MoveNext())
                {
                    yield break;
                }

                line = enumerator.Current;
            }
            catch (TesterFileTooLargeException)
            {
                line = EndOfReading(reached, $"The file may have at most {limits.MaxBytes / (1024 * 1024)} MB; import it in parts.");
            }
            catch (CsvFormatException exception)
            {
                line = EndOfReading((int)exception.LineNumber, "The row is far too long; perhaps a quote is not closed.");
            }

            reached = line.Number;
            yield return line;
            if (line.IsEndOfReading)
            {
                yield break;
            }
        }
    }

    private static IEnumerable<TesterLine> ReadCsv(TextReader text, string[] headers)
    {
        const int MaxRecordSize = 64 * 1024;
        var malformed = new Dictionary<long, CsvMalformedRecord>();
        var options = new CsvReaderOptions
        {
            HasHeader = false,
            TrackLineNumbers = true,
            TrimWhitespace = true,
            TrimInsideQuotes = true,
            MaxRecordSize = MaxRecordSize,
            OnMalformedRecord = record => malformed[record.LineNumber] = record,
        };

        using var table = CsvReader.Create(text, options, leaveOpen: true);
        var column = 0;
        var isFirst = true;
        while (table.Read())
        {
            var number = (int)table.LineNumber;
            if (malformed.Remove(table.LineNumber, out var record))
            {
                yield return DescribeMalformed(record);
            }
            else if (isFirst && FindColumn(table, headers) is { } found)
            {
                column = found;
            }
            else if (table.GetString(column) is { Length: > 0 } value)
            {
                yield return ToLine(number, value);
            }
            else if (!IsBlank(table))
            {
                yield return new TesterLine(number, "", $"The row has nothing in column {column + 1}, which holds the ids.");
            }

            isFirst = false;
        }
    }

    private static int? FindColumn(CsvReader table, string[] headers)
    {
        var cells = Enumerable.Range(0, table.FieldCount).Select(index => Simplify(table.GetString(index))).ToList();
        return headers.Select(header => cells.IndexOf(header)).FirstOrDefault(index => index >= 0, -1) is >= 0 and var column ? column : null;
    }

    private static bool IsBlank(CsvReader table)
    {
        for (var index = 0; index < table.FieldCount; index++)
        {
            if (!table.GetSpan(index).IsEmpty)
            {
                return false;
            }
        }

        return true;
    }

    private static TesterLine DescribeMalformed(CsvMalformedRecord record)
    {
        var first = (int)record.LineNumber;
        if (record.Reason == CsvMalformedReason.UnterminatedQuote)
        {
            return EndOfReading(first, "A quote that opens in this row is never closed, so the rows after it cannot be told apart.");
        }

        var last = first + record.RawRecord.ReplaceLineEndings("\n").Count(character => character == '\n');
        var reach = last > first ? $" The row reaches to line {last}." : "";
        return new TesterLine(first, record.RawRecord, $"A quote is out of place; write a quote inside a quoted value twice.{reach}");
    }

    private static IEnumerable<TesterLine> ReadTxt(TextReader text, string[] headers)
    {
        var isFirst = true;
        for (var number = 1; text.ReadLine() is { } raw; number++)
        {
            var value = raw.Trim();
            if (value.Length == 0)
            {
                continue;
            }

            if (!isFirst || !headers.Contains(Simplify(value)))
            {
                yield return ToLine(number, value);
            }

            isFirst = false;
        }
    }

    private static TesterLine ToLine(int number, string value) =>
        value.AsSpan().ContainsAny('\uFFFD', '\0')
            ? new TesterLine(number, value, "The line holds bytes that are no text; save the file as UTF-8.")
            : new TesterLine(number, value);

    private static string Simplify(string header) =>
        string.Concat(header.Where(char.IsLetterOrDigit)).ToLowerInvariant();
}
