using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Persistence.Database;
using ReleaseWorkflows.Runtime.Storage;
using ReleaseWorkflows.Server.Tests.Infrastructure;

namespace ReleaseWorkflows.Server.Tests.Api;

public sealed class FrameworkProblemsTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private ApiClient Admin => shared.Server.As(Role.WorkspaceAdmin);

    [Theory]
    [InlineData("/nothing-here")]
    [InlineData("/api/nothing-here")]
    [InlineData("/api/mini-programs/coffee/nothing-here")]
    public async Task An_unknown_address_is_404(string path) => (await Admin.GetAsync(path)).Is(HttpStatusCode.NotFound, "unknown-address");

    [Fact]
    public async Task A_method_that_an_address_does_not_answer_is_405_and_names_those_it_does()
    {
        var answer = await Admin.DeleteAsync("/api/mini-programs/coffee");

        answer.Is(HttpStatusCode.MethodNotAllowed, "method-not-allowed");
    }

    [Fact]
    public async Task A_body_that_is_no_JSON_is_415() =>
        (await Admin.PostAsync("/api/apps", new StringContent("key=x", Encoding.UTF8, "application/x-www-form-urlencoded"))).Is(HttpStatusCode.UnsupportedMediaType, "unsupported-media-type");

    [Fact]
    public async Task A_broken_body_is_400_with_line_and_position()
    {
        var answer = await Admin.PostAsync("/api/apps", "{\n  \"key\": \"x\",,\n}");

        answer.Is(HttpStatusCode.BadRequest, "invalid");
        Assert.Contains("line 2, position 1", answer.ErrorOf("$"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_body_of_more_than_a_megabyte_is_413(bool isChunked)
    {
        var bytes = Encoding.UTF8.GetBytes("{\"key\":\"" + new string('x', 1024 * 1024) + "\"}");
        HttpContent content = isChunked ? new StreamContent(new UnseekableStream(bytes)) : new ByteArrayContent(bytes);
        content.Headers.ContentType = new("application/json");

        (await Admin.PostAsync("/api/apps", content)).Is(HttpStatusCode.RequestEntityTooLarge, "too-large");
    }

    [Fact]
    public async Task Every_answer_tells_browsers_not_to_guess_and_the_API_not_to_be_kept()
    {
        foreach (var answer in new[] { await Admin.GetAsync("/api/apps"), await Admin.GetAsync("/api/nothing"), await shared.Server.Anonymous.GetAsync("/api/apps") })
        {
            Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
            Assert.Equal("no-store", answer.Headers.CacheControl!.ToString());
            Assert.Contains("default-src 'none'", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
            Assert.False(answer.Headers.Contains("Server"));
        }
    }

    [Fact]
    public async Task An_error_of_the_program_leaves_an_id_that_the_log_explains_and_nothing_else()
    {
        await using var server = await StartWithApps(new InvalidOperationException("secret insides"));

        var answer = await server.As(Role.Administrator).GetAsync("/api/apps");

        answer.Is(HttpStatusCode.InternalServerError, "internal-error");
        Assert.DoesNotContain("secret", answer.ToString(), StringComparison.Ordinal);
        Assert.Contains(server.Log.Errors, line => line.Contains(answer.Text("errorId")!, StringComparison.Ordinal) && line.Contains("secret insides", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Busy))]
    public async Task A_database_that_cannot_take_the_change_says_so_with_the_time_to_repeat(Exception exception, HttpStatusCode status, string code)
    {
        await using var server = await StartWithApps(exception);

        var answer = await server.As(Role.Administrator).GetAsync("/api/apps");

        answer.Is(status, code);
        Assert.True(answer.Headers.RetryAfter!.Delta >= TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Whoever_sends_too_many_requests_gets_429_with_the_time_to_wait_and_others_are_served()
    {
        await using var server = await TestServer.StartAsync(settings: ["--ReleaseWorkflows:RateLimit:RequestsPerSecond=1", "--ReleaseWorkflows:RateLimit:Burst=3"]);
        var greedy = server.As(Role.Developer);

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => greedy.GetAsync("/api/me")));

        var refused = answers.Where(answer => answer.Status != HttpStatusCode.OK).ToList();
        Assert.InRange(refused.Count, 5, 7);
        Assert.All(refused, answer => answer.Is(HttpStatusCode.TooManyRequests, "too-fast"));
        Assert.All(refused, answer => Assert.NotNull(answer.Headers.RetryAfter));
        (await server.As(Role.Reviewer).GetAsync("/api/me")).Is(HttpStatusCode.OK);
        (await server.Anonymous.GetAsync("/health/ready")).Is(HttpStatusCode.OK);
    }

    public static TheoryData<Exception, HttpStatusCode, string> Busy() => new()
    {
        { new ConcurrencyConflictException("lost"), HttpStatusCode.ServiceUnavailable, "busy" },
        { new DatabaseUnavailableException(DatabaseFailure.Locked, "locked"), HttpStatusCode.ServiceUnavailable, "database-unavailable" },
        { new DatabaseUnavailableException(DatabaseFailure.DiskFull, "full"), HttpStatusCode.InsufficientStorage, "disk-full" },
        { new DatabaseUnavailableException(DatabaseFailure.InputOutput, "broken"), HttpStatusCode.ServiceUnavailable, "database-broken" },
        { new DatabaseUnavailableException(DatabaseFailure.Corrupt, "broken"), HttpStatusCode.ServiceUnavailable, "database-broken" },
        { new DatabaseUnavailableException(DatabaseFailure.Missing, "gone"), HttpStatusCode.ServiceUnavailable, "database-broken" },
    };

    private static Task<TestServer> StartWithApps(Exception exception) => TestServer.StartAsync(builder =>
        builder.Services.Replace(ServiceDescriptor.Scoped<ITargetAppStore>(_ => new FailingStore(exception))));

    // Writing works, so that the server starts with its demo data.
    private sealed class FailingStore(Exception exception) : ITargetAppStore
    {
        public ValueTask<TargetApp?> FindAsync(AppKey key, CancellationToken cancellationToken) => throw exception;

        public ValueTask<IReadOnlyList<TargetApp>> ListAsync(CancellationToken cancellationToken) => throw exception;

        public void Save(TargetApp app)
        {
        }
    }

    private sealed class UnseekableStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
