using System.Text;
using Elsa.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using ReleaseWorkflows.Runtime.AspNetCore.Email;
using ReleaseWorkflows.Runtime.AspNetCore.Tests.OutsideWork;
using ReleaseWorkflows.Runtime.OutsideWork;
using ReleaseWorkflows.Runtime.Tests;

namespace ReleaseWorkflows.Runtime.AspNetCore.Tests.Email;

public sealed class EmailTests : IDisposable
{
    private readonly SmtpPeer _peer = new();
    private readonly EmailLetter _letter = new() { To = ["anna@example.com"], Subject = "Hello", Body = "line\n.dot" };

    public void Dispose() => _peer.Dispose();

    [Theory]
    [InlineData("AUTH PLAIN LOGIN", "AUTH PLAIN AHVzZXIAd29yZA==")]
    [InlineData("AUTH LOGIN", "AUTH LOGIN")]
    public async Task A_letter_goes_over_STARTTLS_after_signing_in(string features, string command)
    {
        _peer.FeaturesUnderTls = features;

        await Transport().SendAsync(_letter with { Cc = ["bert@example.com"], Bcc = ["anna@example.com", "carl@example.com"] }, "id1@releaseworkflows", default);

        Assert.Equal(["EHLO", "STARTTLS", "EHLO"], _peer.Heard.Take(3).Select(line => line.Split(' ')[0]));
        Assert.Contains(command, _peer.Heard);
        Assert.Contains("MAIL FROM:<releases@example.com>", _peer.Heard);
        Assert.Equal(3, _peer.Heard.Count(line => line.StartsWith("RCPT TO:", StringComparison.Ordinal)));
        var message = _peer.Heard.Single(line => line.StartsWith("Message-ID", StringComparison.Ordinal));
        Assert.StartsWith("Message-ID: <id1@releaseworkflows>\r\n", message, StringComparison.Ordinal);
        Assert.DoesNotContain("carl", message, StringComparison.Ordinal);
        Assert.Equal("line\r\n.dot", Encoding.UTF8.GetString(Convert.FromBase64String(message[(message.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..])));
    }

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for_is_refused_before_anything_of_value_is_said()
    {
        await Assert.ThrowsAsync<System.Security.Authentication.AuthenticationException>(
            () => new SmtpTransport(Settings(), TimeProvider.System).SendAsync(_letter, "id@x", default));

        Assert.DoesNotContain(_peer.Heard, line => line.StartsWith("AUTH", StringComparison.Ordinal) || line.StartsWith("MAIL", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_that_does_not_offer_STARTTLS_gets_neither_password_nor_letter()
    {
        _peer.Features = "AUTH PLAIN";

        await Assert.ThrowsAsync<OutsideWorkRefusedException>(() => Transport().SendAsync(_letter, "id@x", default));

        Assert.Single(_peer.Heard);
    }

    [Theory]
    [InlineData("RCPT", "550 no such user", true)]
    [InlineData("RCPT", "450 mailbox busy", false)]
    [InlineData("AUTH", "535 wrong password", true)]
    [InlineData("MAIL", "421 closing", false)]
    [InlineData("MAIL", "", false)]
    [InlineData(".", "554 spam", true)]
    [InlineData(".", "", false)]
    [InlineData("MAIL", "nonsense", false)]
    public async Task What_the_server_refuses_for_good_is_not_tried_again_and_anything_else_is(string command, string answer, bool isForGood)
    {
        _peer.Answers[command] = answer;

        var error = await Assert.ThrowsAnyAsync<Exception>(() => Transport().SendAsync(_letter, "id@x", default));

        Assert.Equal(isForGood ? typeof(OutsideWorkRefusedException) : typeof(IOException), error.GetType());
    }

    [Fact]
    public async Task A_server_that_does_not_speak_is_given_up_in_time()
    {
        _peer.IsSilent = true;

        await Assert.ThrowsAsync<TimeoutException>(() => Transport(options => options.TimeLimit = TimeSpan.FromSeconds(1)).SendAsync(_letter, "id@x", default));
    }

    [Fact]
    public async Task A_goodbye_that_gets_lost_does_not_send_the_letter_again()
    {
        _peer.Answers["QUIT"] = "";

        await Transport().SendAsync(_letter, "id@x", default);
    }

    [Theory]
    [InlineData("anna@example.com\r\nBcc: eve@example.com")]
    [InlineData("anna@example.com>\r\nRCPT TO:<eve@example.com")]
    [InlineData("nobody")]
    [InlineData("")]
    public async Task An_address_that_is_none_is_refused(string address) =>
        await Assert.ThrowsAsync<OutsideWorkRefusedException>(() => Transport().SendAsync(_letter with { To = [address] }, "id@x", default));

    [Fact]
    public void Nothing_breaks_out_of_its_header()
    {
        var letter = _letter with
        {
            Subject = "Hi\r\nBcc: eve@example.com\r\n\r\nbody grüß",
            IsHtml = true,
            Attachments = [new HttpFile("file", "../a\"\r\nX-A: b.txt", "text/plain\r\nX-B: c", [1, 2, 3])],
        };

        var message = EmailMessageWriter.Write(letter, EmailMessageWriter.ReadAddress("\"Rel \\\" eases\" <r@example.com>"), "id@x", DateTimeOffset.UnixEpoch);

        Assert.DoesNotContain(message.Split("\r\n"), line =>
            line.StartsWith("Bcc", StringComparison.Ordinal) || line.StartsWith("X-A", StringComparison.Ordinal) || line.StartsWith("X-B", StringComparison.Ordinal));
        Assert.Contains("Date: Thu, 01 Jan 1970 00:00:00 +0000\r\n", message, StringComparison.Ordinal);
        Assert.Contains("AQID\r\n--=_", message, StringComparison.Ordinal);
        Assert.All(message, character => Assert.True(char.IsAscii(character)));
    }

    [Fact]
    public async Task An_activity_writes_its_letter_to_the_folder_once_under_a_stable_name()
    {
        var folder = Directory.CreateTempSubdirectory("release-workflows-");
        await using var host = OutsideHost.Create(more: services => services.AddWorkflowEmail(options => options.PickupDirectory = folder.FullName));

        Assert.Equal(["after"], await host.RunAsync(Definition()));

        var text = await File.ReadAllTextAsync(Assert.Single(folder.GetFiles("*.eml")).FullName);
        Assert.Contains("To: anna@example.com,\r\n bert@example.com\r\n", text, StringComparison.Ordinal);
        Assert.Contains("Content-Type: text/html; charset=utf-8\r\n", text, StringComparison.Ordinal);
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_letter_that_cannot_be_sent_runs_the_error_activity()
    {
        _peer.Answers["RCPT"] = "550 no such user";
        await using var host = OutsideHost.Create(more: services =>
        {
            services.AddWorkflowEmail();
            services.Replace(ServiceDescriptor.Singleton<IEmailTransport>(Transport()));
        });

        Assert.Equal(["failed", "after"], await host.RunAsync(Definition()));
        Assert.Equal("The mail server answered 550: no such user", host.Messages("Error").Single());
    }

    [Fact]
    public void Settings_that_cannot_work_are_refused_together()
    {
        var result = new EmailOptionsValidation().Validate(null, new EmailOptions { From = "nobody", Port = 0, UserName = "u", Security = SmtpSecurity.None });

        Assert.Equal(3, result.Failures!.Count());
    }

    private static string Definition() => Flow.Of(
        "f",
        [
            Flow.Activity(
                "mail", "Elsa.SendEmail",
                ("to", Flow.Expression("Object", """["anna@example.com", "bert@example.com"]""")), ("subject", Flow.Literal("Hi")), ("body", Flow.Literal("<b>Hi</b>")),
                ("error", Flow.Activity("failed", "Elsa.WriteLine", ("text", Flow.Literal("x"))))),
            Flow.Activity("after", "Elsa.WriteLine", ("text", Flow.Literal("x"))),
        ],
        "mail -> after");

    private IOptions<EmailOptions> Settings(Action<EmailOptions>? configure = null)
    {
        var options = new EmailOptions { From = "releases@example.com", Host = "localhost", Port = _peer.Port, UserName = "user", Password = "word" };
        configure?.Invoke(options);
        return Options.Create(options);
    }

    private SmtpTransport Transport(Action<EmailOptions>? configure = null) =>
        new(Settings(configure), TimeProvider.System) { CheckCertificate = (_, certificate, _, _) => certificate?.Subject == "CN=localhost" };
}
