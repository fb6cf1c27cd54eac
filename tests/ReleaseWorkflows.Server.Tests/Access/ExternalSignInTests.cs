using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Server.Access.External;
using ReleaseWorkflows.Server.Tests.Infrastructure;

namespace ReleaseWorkflows.Server.Tests.Access;

/// <summary>Signing in somewhere else, with a provider that believes whatever the browser says.</summary>
public sealed class ExternalSignInTests
{
    [Fact]
    public async Task Who_is_known_elsewhere_by_a_verified_address_is_signed_in_and_comes_back_to_the_page()
    {
        await using var server = await StartAsync();
        using var browser = new BrowserClient(server);
        Assert.Contains("Sign in with Elsewhere", await (await browser.OpenAsync("/sign-in?returnUrl=%2Faccount")).Content.ReadAsStringAsync(), StringComparison.Ordinal);

        var sent = await browser.OpenAsync("/sign-in/with/elsewhere?returnUrl=%2Faccount");
        var returned = await browser.OpenAsync(Answer(sent, server.DemoUser(Role.Reviewer).Email, isVerified: true));

        Assert.Equal("/account", returned.Headers.Location!.ToString());
        Assert.Equal(HttpStatusCode.OK, (await browser.OpenAsync("/account")).StatusCode);
        Assert.Contains((await server.As(Role.Administrator).GetAsync("/api/audit?action=sign-in.succeeded")).Items, line =>
            line.GetProperty("text").GetString() == "Rita Reviewer signed in with Elsewhere.");
    }

    [Theory]
    [InlineData("reviewer@superapp.example", false)]
    [InlineData("nobody@example.com", true)]
    public async Task An_address_that_is_not_verified_or_has_no_account_opens_nothing(string email, bool isVerified)
    {
        await using var server = await StartAsync();
        using var browser = new BrowserClient(server);

        var returned = await browser.OpenAsync(Answer(await browser.OpenAsync("/sign-in/with/elsewhere"), email, isVerified));

        Assert.Equal("/sign-in?problem=no-account", returned.Headers.Location!.ToString());
        Assert.Equal(HttpStatusCode.Redirect, (await browser.OpenAsync("/account")).StatusCode);
    }

    [Fact]
    public async Task An_answer_to_a_question_that_this_browser_did_not_ask_opens_nothing()
    {
        await using var server = await StartAsync();
        using var asked = new BrowserClient(server);
        using var lured = new BrowserClient(server);
        var answer = Answer(await asked.OpenAsync("/sign-in/with/elsewhere"), server.DemoUser(Role.Reviewer).Email, isVerified: true);
        await lured.OpenAsync("/sign-in/with/elsewhere");

        Assert.Equal("/sign-in?problem=outdated", (await lured.OpenAsync(answer)).Headers.Location!.ToString());
        Assert.Equal("/sign-in?problem=outdated", (await lured.OpenAsync(answer)).Headers.Location!.ToString());
    }

    [Fact]
    public async Task Without_providers_there_is_only_the_password()
    {
        await using var server = await TestServer.StartAsync();
        using var browser = new BrowserClient(server);

        Assert.DoesNotContain("Sign in with", await (await browser.OpenAsync("/sign-in")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("/sign-in", (await browser.OpenAsync("/sign-in/with/elsewhere")).Headers.Location!.ToString());
    }

    private static Task<TestServer> StartAsync() => TestServer.StartAsync(builder => builder.Services.AddSingleton<IExternalSignIn, Elsewhere>());

    private static string Answer(HttpResponseMessage sent, string email, bool isVerified)
    {
        Assert.Equal("elsewhere.example", sent.Headers.Location!.Host);
        var state = sent.Headers.Location.Query.Split("state=")[1];
        return $"/sign-in/with/elsewhere/return?state={state}&email={Uri.EscapeDataString(email)}&verified={isVerified}";
    }

    private sealed class Elsewhere : IExternalSignIn
    {
        public string Key => "elsewhere";

        public string Name => "Elsewhere";

        public Task<Uri> BeginAsync(string state, Uri returnTo, CancellationToken cancellationToken) => Task.FromResult(new Uri($"https://elsewhere.example/authorize?state={state}"));

        public Task<ExternalIdentity?> CompleteAsync(IQueryCollection answer, Uri returnTo, CancellationToken cancellationToken) =>
            Task.FromResult<ExternalIdentity?>(new ExternalIdentity("s", answer["email"].ToString(), answer["verified"] == "True"));
    }
}
