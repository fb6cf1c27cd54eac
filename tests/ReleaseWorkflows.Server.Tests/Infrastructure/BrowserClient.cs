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
    public async Task<HttpResponseMessage> SubmitAsync(string page, string form, params (string Name, string Value)[] fields)
    {
        return await SubmitMarkupAsync(page, await (await OpenAsync(page)).Content.ReadAsStringAsync(), form, fields);
    }

    /// <summary>Sends a form of a page that was opened before, perhaps long ago.</summary>
    /// <param name="page">The address of the page.</param>
    /// <param name="html">The page as it was then.</param>
    /// <param name="form">What stands in the form's markup, to tell it from others.</param>
    /// <param name="fields">The fields that the person fills in.</param>
    public async Task<HttpResponseMessage> SubmitMarkupAsync(string page, string html, string form, params (string Name, string Value)[] fields)
    {
        var markup = Form().Matches(html).Select(match => match.Value).First(text => text.Contains(form, StringComparison.Ordinal));
        var hidden = HiddenField().Matches(markup).Select(match => KeyValuePair.Create(match.Groups[1].Value, WebUtility.HtmlDecode(match.Groups[2].Value)));
        var action = WebUtility.HtmlDecode(Action().Match(markup).Groups[1].Value);
        using var request = new HttpRequestMessage(HttpMethod.Post, action.Length > 0 ? action : page)
        {
            Content = new FormUrlEncodedContent([.. hidden, .. fields.Select(field => KeyValuePair.Create(field.Name, field.Value))]),
        };
        request.Headers.Add("Sec-Fetch-Site", "same-origin");
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
