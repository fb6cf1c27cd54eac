using System.Net;
using System.Text.RegularExpressions;

namespace ReleaseWorkflows.Server.Tests.Infrastructure;

/// <summary>What a browser does without scripts: keeps cookies, opens pages, sends their forms with the hidden fields they have. It does not follow redirects by itself.</summary>
public sealed partial class BrowserClient : IDisposable
{
    private readonly HttpClient _http;

    public BrowserClient(TestServer server)
    {
        var handler = new SocketsHttpHandler { CookieContainer = Cookies, AllowAutoRedirect = false, AutomaticDecompression = DecompressionMethods.All };
        _http = new HttpClient(handler) { BaseAddress = server.Http.BaseAddress };
        _http.DefaultRequestHeaders.TryAddWithoutValidation("Accept", "text/html,application/xhtml+xml,*/*;q=0.8");
        _http.DefaultRequestHeaders.TryAddWithoutValidation("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0");
    }

    /// <summary>The cookies of the browser.</summary>
    public CookieContainer Cookies { get; } = new();

    /// <summary>Opens an address.</summary>
    public Task<HttpResponseMessage> OpenAsync(string address) => _http.GetAsync(new Uri(address, UriKind.Relative));

    /// <summary>Opens a page and sends a form of it.</summary>
    /// <param name="page">The address of the page.</param>
    /// <param name="form">What stands in the form's markup, to tell it from others; for example its handler.</param>
    /// <param name="fields">The fields that the person fills in.</param>
    public async Task<HttpResponseMessage> SubmitAsync(string page, string form, params (string Name, string Value)[] fields) =>
        await (await FillAsync(page, form, fields)).SendAsync();

    /// <summary>Opens a page and fills a form of it in, to send it later, or twice. See <see cref="SubmitAsync"/>.</summary>
    public async Task<FilledForm> FillAsync(string page, string form, params (string Name, string Value)[] fields) =>
        Fill(page, await (await OpenAsync(page)).Content.ReadAsStringAsync(), form, fields);

    /// <summary>Sends a form of a page that was opened before, perhaps long ago.</summary>
    /// <param name="page">The address of the page.</param>
    /// <param name="html">The page as it was then.</param>
    /// <param name="form">What stands in the form's markup, to tell it from others.</param>
    /// <param name="fields">The fields that the person fills in.</param>
    public Task<HttpResponseMessage> SubmitMarkupAsync(string page, string html, string form, params (string Name, string Value)[] fields) =>
        Fill(page, html, form, fields).SendAsync();

    private FilledForm Fill(string page, string html, string form, (string Name, string Value)[] fields)
    {
        var markup = Form().Matches(html).Select(match => match.Value).First(text => text.Contains(form, StringComparison.Ordinal));
        var hidden = HiddenField().Matches(markup).Select(match => KeyValuePair.Create(match.Groups[1].Value, WebUtility.HtmlDecode(match.Groups[2].Value)));
        var action = WebUtility.HtmlDecode(Action().Match(markup).Groups[1].Value);
        return new FilledForm(_http, action.Length > 0 ? action : page, [.. hidden.Where(own => fields.All(field => field.Name != own.Key)), .. fields.Select(field => KeyValuePair.Create(field.Name, field.Value))]);
    }

    /// <summary>Sends the form that uploads a version of a mini program.</summary>
    /// <param name="miniProgram">The mini program.</param>
    /// <param name="version">What is typed as version.</param>
    /// <param name="package">The file.</param>
    /// <param name="accept">What is asked for: a page, or what a script reads.</param>
    /// <param name="site">Where the browser says that the form comes from.</param>
    public async Task<HttpResponseMessage> UploadAsync(string miniProgram, string version, byte[] package, string accept = "text/html", string site = "same-origin")
    {
        using var form = new MultipartFormDataContent { { new StringContent(version), "version" }, { new ByteArrayContent(package), "package", "package.zip" } };
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/mini-programs/{miniProgram}/packages") { Content = form };
        request.Headers.TryAddWithoutValidation("Accept", accept);
        request.Headers.Add("Sec-Fetch-Site", site);
        return await _http.SendAsync(request);
    }

    /// <summary>Signs in and goes where the server sends.</summary>
    public Task<HttpResponseMessage> SignInAsync(DemoUser user, string page = "/sign-in", string? password = null) =>
        SubmitAsync(page, "sign-in", ("Input.Email", user.Email), ("Input.Password", password ?? user.Password));

    /// <summary>Sends a request as a script of a page would.</summary>
    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string address, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, address);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await _http.SendAsync(request);
    }

    /// <summary>Sends any request with the cookies of the browser.</summary>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request) => _http.SendAsync(request);

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    [GeneratedRegex("<form.*?</form>", RegexOptions.Singleline)]
    private static partial Regex Form();

    [GeneratedRegex("<input type=\"hidden\" name=\"([^\"]+)\" value=\"([^\"]*)\"")]
    private static partial Regex HiddenField();

    [GeneratedRegex("<form[^>]*? action=\"([^\"]*)\"")]
    private static partial Regex Action();
}

/// <summary>A form as it would be sent by a browser.</summary>
public sealed class FilledForm(HttpClient http, string action, IReadOnlyList<KeyValuePair<string, string>> fields)
{
    /// <summary>The same form with other values, sent elsewhere: as somebody who tampers with a page does.</summary>
    public FilledForm With(string address, params (string Name, string Value)[] changed) => new(
        http, address, [.. fields.Where(field => !changed.Any(change => change.Name == field.Key)), .. changed.Select(change => KeyValuePair.Create(change.Name, change.Value))]);

    /// <summary>Sends it, each time just as the time before.</summary>
    public async Task<HttpResponseMessage> SendAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, action) { Content = new FormUrlEncodedContent(fields) };
        request.Headers.Add("Sec-Fetch-Site", "same-origin");
        return await http.SendAsync(request);
    }
}
