using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace ReleaseWorkflows.Faults.Tests.Fuzz;

/// <summary>A request that nobody should send.</summary>
/// <param name="Kind">What is wrong, roughly.</param>
/// <param name="Request">The request.</param>
/// <param name="MayNotBe">A status that must not come; 0: any below 500 may.</param>
internal sealed record FuzzRequest(string Kind, HttpRequestMessage Request, int MayNotBe = 0);

/// <summary>Makes one case out of chance: something real, mutated where it hurts.</summary>
internal sealed class FuzzCase(Random random, FuzzTargets targets)
{
    private static readonly string[] Lists =
    [
        "/api/releases", "/api/mini-programs", "/api/apps", "/api/workspaces", "/api/approvals", "/api/requests", "/api/dead-letters", "/api/mini-programs/coffee/versions",
        "/elsa/api/workflow-definitions", "/elsa/api/workflow-instances", "/elsa/api/workflow-definitions/query/count", "/elsa/api/descriptors/activities",
        "/api/delivery/superapp-a/Test/coffee", "/elsa/api/workflow-definitions/many-by-id", "/openapi/v1.json",
    ];

    private static readonly string[] Names =
    [
        "page", "pageSize", "skip", "take", "limit", "cursor", "after", "before", "status", "state", "q", "search", "searchTerm", "sort", "orderBy", "orderDirection", "order", "app",
        "environment", "miniProgram", "user", "userId", "versionOptions", "definitionId", "ids", "isSystem", "from", "until", "from[]", "a.b", "", "%00",
    ];

    private static readonly string[] Commands =
    [
        "apply", "withdraw", "approve", "reject", "complete-pilot", "go-live", "grayscale", "cancel", "hold", "resume", "assign-reviewers", "override-freeze", "take-offline",
        "configuration", "testers", "basic-information", "restart-workflow", "no-such-command",
    ];

    private static readonly Lazy<IReadOnlyList<JsonObject>> Definitions = new(() =>
    [
        .. Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "workflows"), "*.json", SearchOption.AllDirectories).Select(file => JsonNode.Parse(File.ReadAllText(file))!.AsObject()),
        Driving.Definitions.Timers(),
    ]);

    /// <summary>The case.</summary>
    public FuzzRequest Make() => random.Next(6) switch
    {
        0 => Definition(),
        1 => Testers(),
        2 => Credentials(),
        3 => Query(),
        4 => Upload(),
        _ => Command(),
    };

    private FuzzRequest Definition()
    {
        var mutation = new JsonMutation(random, Definitions.Value);
        var model = (JsonObject)Definitions.Value[random.Next(Definitions.Value.Count)].DeepClone();
        model["definitionId"] = $"fuzz-{random.Next(20)}";
        model.Remove("id");
        var changed = mutation.Mutate(model, 1 + random.Next(6));
        var isSaved = random.Next(2) == 0;
        var text = mutation.Garble(isSaved ? $$"""{"model":{{changed}},"publish":{{(random.Next(2) == 0 ? "true" : "false")}}}""" : changed);
        return new FuzzRequest("definition", Send(HttpMethod.Post, isSaved ? "/elsa/api/workflow-definitions" : "/elsa/api/workflow-definitions/import", targets.Administrator, Json(text)));
    }

    private FuzzRequest Testers()
    {
        var content = new MultipartFormDataContent(Pick("b", "-----x", "boundary with blanks"));
        var file = new ByteArrayContent(new TextMutation(random).Table());
        file.Headers.TryAddWithoutValidation("Content-Type", Pick("text/csv", "text/plain", "application/octet-stream", "text/csv; charset=no-such", ""));
        content.Add(file, Pick("file", "testers", "x"), Pick("t.csv", "t.txt", "t.tsv", "t.CSV", "t.exe", "../t.csv", "t"));
        return new FuzzRequest("testers", Send(random.Next(2) == 0 ? HttpMethod.Put : HttpMethod.Post, $"/api/releases/{targets.Pilot}/testers", targets.Developer, content));
    }

    private FuzzRequest Credentials()
    {
        var text = new TextMutation(random);
        var token = targets.Token;
        var credentials = random.Next(8) switch
        {
            0 => "Bearer " + text.Flip(token),
            1 => "Bearer " + token[..random.Next(token.Length - 2)],
            2 => "Bearer " + token + Pick(".", "!", "AAAA", "*", "." + token),
            3 => $"Bearer {Web64("""{"alg":"none","typ":"JWT"}""")}.{Web64("""{"sub":"admin","role":"Administrator","exp":99999999999}""")}.",
            4 => $"Bearer {Web64($$"""{"alg":"{{Pick("HS256", "RS256", "ES256", "none", "")}}","kid":"{{Pick("../../keys", "/dev/null", "' OR 1=1 --", "x")}}"}""")}.{Web64($$"""{"sub":"1","nbf":{{random.Next()}},"exp":{{random.Next()}}}""")}.{text.Letters(43)}",
            5 => Pick("ApiKey ", "Basic ", "bearer ", "Bearer", "", "Negotiate ", "\tBearer ") + text.Letters(random.Next(200)),
            6 => "Bearer " + text.Letters(random.Next(20) == 0 ? 1_000_000 : random.Next(8_000)),
            _ => "ApiKey " + text.Flip(targets.Developer.Parameter!),
        };
        var request = new HttpRequestMessage(HttpMethod.Get, Pick("/api/me", "/api/releases", "/elsa/api/workflow-definitions", "/metrics"));
        request.Headers.TryAddWithoutValidation("Authorization", credentials);
        return new FuzzRequest("credentials", request, MayNotBe: 200);
    }

    private FuzzRequest Query()
    {
        var text = new TextMutation(random);
        var address = new StringBuilder(Lists[random.Next(Lists.Length)]);
        if (random.Next(6) == 0)
            address.Append('/').Append(Uri.EscapeDataString(text.Value()));
        for (var i = random.Next(5); i >= 0; i--)
            address.Append(address.ToString().Contains('?', StringComparison.Ordinal) ? '&' : '?').Append(Names[random.Next(Names.Length)]).Append('=').Append(Uri.EscapeDataString(text.Value()));
        // An address that the client itself would not send.
        var target = address.Length > 60_000 ? address.ToString(0, 60_000) : address.ToString();
        return new FuzzRequest("query", Send(HttpMethod.Get, target, targets.Administrator, null));
    }

    private FuzzRequest Upload()
    {
        var text = new TextMutation(random);
        var package = random.Next(6) switch { 0 => text.Bytes(random.Next(5_000)), 1 or 2 => targets.Package, _ => text.FlipBytes(targets.Package) };
        var version = random.Next(2) == 0 ? text.Value() : $"{random.Next(10_000)}.{random.Next(10_000)}.{random.Next(10_000)}";
        var content = new MultipartFormDataContent("b") { { new StringContent(version), Pick("version", "version", "version", "Version", "v", "package") } };
        if (random.Next(10) != 0)
            content.Add(new ByteArrayContent(package), Pick("package", "package", "package", "file"), Pick("package.zip", "x", "../../x.zip"));
        var request = Send(HttpMethod.Post, "/api/mini-programs/coffee/versions", targets.Developer, content);
        if (random.Next(6) != 0)
            return new FuzzRequest("upload", request);
        // What the form says of itself is not what it is.
        var body = content.ReadAsByteArrayAsync().GetAwaiter().GetResult();
        request.Content = new ByteArrayContent(text.FlipBytes(body));
        request.Content.Headers.TryAddWithoutValidation("Content-Type", Pick("multipart/form-data; boundary=b", "multipart/form-data; boundary=c", "multipart/form-data", "multipart/form-data; boundary=" + new string('b', 300), "application/x-www-form-urlencoded"));
        return new FuzzRequest("upload", request);
    }

    private FuzzRequest Command()
    {
        var mutation = new JsonMutation(random, []);
        var body = new JsonObject
        {
            ["reason"] = "Enough.",
            ["category"] = "Details",
            ["percentage"] = 10,
            ["type"] = "Grayscale",
            ["userIds"] = new JsonArray("u-1", "u-2"),
            ["reviewers"] = new JsonArray("a@example.com"),
            ["serverDomains"] = new JsonArray("api.example.com"),
            ["environmentVariables"] = new JsonObject { ["A"] = "b" },
            ["name"] = "N",
            ["description"] = "D",
            ["allowSamePackage"] = true,
        };
        var text = mutation.Garble(mutation.Mutate(body, 1 + random.Next(6)));
        var request = Send(random.Next(4) == 0 ? HttpMethod.Put : HttpMethod.Post, $"/api/releases/{Pick(targets.Release, targets.Pilot, "no-such", "%2e%2e")}/{Commands[random.Next(Commands.Length)]}", targets.Developer, Json(text));
        if (random.Next(4) == 0)
            request.Headers.TryAddWithoutValidation("Idempotency-Key", new TextMutation(random).Letters(random.Next(300)));
        if (random.Next(4) == 0)
            request.Headers.TryAddWithoutValidation("If-Match", Pick("*", "\"1\"", "W/\"2\"", "1", "\"", "\"x\"", "\"99999999999999999999\""));
        return new FuzzRequest("command", request);
    }

    private static HttpRequestMessage Send(HttpMethod method, string address, AuthenticationHeaderValue credentials, HttpContent? content)
    {
        var request = new HttpRequestMessage(method, new Uri(address, UriKind.Relative)) { Content = content };
        request.Headers.Authorization = credentials;
        return request;
    }

    private ByteArrayContent Json(string text)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(text));
        content.Headers.TryAddWithoutValidation("Content-Type", random.Next(20) == 0 ? Pick("text/plain", "application/json; charset=utf-16", "application/xml", "") : "application/json");
        return content;
    }

    private string Pick(params string[] choices) => choices[random.Next(choices.Length)];

    private static string Web64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
}

/// <summary>Texts and bytes that programs stumble over.</summary>
internal sealed class TextMutation(Random random)
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    private static readonly string[] Values =
    [
        "", " ", "0", "1", "-1", "2147483647", "2147483648", "-9223372036854775808", "99999999999999999999999", "1e309", "NaN", "Infinity", "0x10", "true", "null", "undefined",
        "'", "\"", "' OR 1=1 --", "%", "_", "*", "(", "[", "{{", "${7*7}", "<script>", "\0", "\u0001", "\ud800", "\u202e", "é", "漢字", "🎉", "a\r\nb: c", "../../etc/passwd", "..\\..", "file:///etc/passwd",
        "1.0.0", "01.0.0", "1.0.0-alpha", "1.0", "2026-02-30", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.9999999Z", "+10000-01-01", "UnderReview", "underreview", "superapp-a", "coffee",
        "createdAt", "-createdAt", "createdAt;drop table releases", "=cmd|' /C calc'!A0", "AAAA", "eyJ", "%00", "%25", "%zz", "//", "?", "#", "&a=b",
    ];

    /// <summary>A value of a field or a parameter.</summary>
    public string Value() => random.Next(12) switch
    {
        0 => new string((char)random.Next(32, 127), random.Next(10_000)),
        1 => Encoding.UTF8.GetString(Bytes(random.Next(40))),
        2 => Values[random.Next(Values.Length)] + Values[random.Next(Values.Length)],
        3 => random.Next().ToString(CultureInfo.InvariantCulture),
        _ => Values[random.Next(Values.Length)],
    };

    /// <summary>Bytes.</summary>
    public byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>Letters as they stand in tokens.</summary>
    public string Letters(int count) => string.Create(count, random, static (letters, random) =>
    {
        for (var i = 0; i < letters.Length; i++)
            letters[i] = Alphabet[random.Next(Alphabet.Length)];
    });

    /// <summary>The text with one letter changed, other than the last: that one may carry bits that mean nothing.</summary>
    public string Flip(string text)
    {
        var letters = text.ToCharArray();
        var position = random.Next(letters.Length - 4);
        var old = letters[position];
        while (letters[position] == old)
            letters[position] = Alphabet[random.Next(Alphabet.Length)];
        return new string(letters);
    }

    /// <summary>Changes, removes, repeats or adds some bytes.</summary>
    public byte[] FlipBytes(byte[] original)
    {
        var bytes = original.ToList();
        for (var i = random.Next(8); i >= 0 && bytes.Count > 1; i--)
        {
            var position = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0:
                    bytes.RemoveRange(position, Math.Min(random.Next(500), bytes.Count - position));
                    break;
                case 1:
                    bytes.InsertRange(position, bytes.GetRange(position, Math.Min(random.Next(500), bytes.Count - position)));
                    break;
                case 2:
                    bytes.InsertRange(position, Bytes(random.Next(20)));
                    break;
                default:
                    bytes[position] = (byte)random.Next(256);
                    break;
            }
        }
        return [.. bytes];
    }

    /// <summary>A file that claims to be a table.</summary>
    public byte[] Table()
    {
        var text = new StringBuilder(random.Next(3) == 0 ? "userId,name\n" : "");
        var separator = ",;\t|"[random.Next(4)];
        for (var row = random.Next(40); row >= 0; row--)
        {
            for (var column = random.Next(4); column >= 0; column--)
                text.Append(Cell()).Append(column > 0 ? separator.ToString() : "");
            text.Append(random.Next(4) switch { 0 => "\r\n", 1 => "\r", 2 when random.Next(10) == 0 => "", _ => "\n" });
        }
        var content = text.ToString();
        return random.Next(8) switch
        {
            0 => [.. Encoding.UTF8.GetPreamble(), .. Encoding.UTF8.GetBytes(content)],
            1 => [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(content)],
            2 => [.. Encoding.BigEndianUnicode.GetPreamble(), .. Encoding.BigEndianUnicode.GetBytes(content)],
            3 => [.. Encoding.UTF32.GetPreamble(), .. Encoding.UTF32.GetBytes(content)],
            4 => Encoding.Latin1.GetBytes(content),
            5 => FlipBytes(Encoding.UTF8.GetBytes(content)),
            6 when random.Next(20) == 0 => Encoding.UTF8.GetBytes("\"" + new string('x', 3_000_000)),
            _ => Encoding.UTF8.GetBytes(content),
        };
    }

    private string Cell() => random.Next(6) switch
    {
        0 => $"\"{Value().Replace("\"", random.Next(2) == 0 ? "\"\"" : "\"", StringComparison.Ordinal)}\"",
        1 => "\"" + Value(),
        2 => Value(),
        _ => "u-" + random.Next(1_000).ToString(CultureInfo.InvariantCulture),
    };
}
