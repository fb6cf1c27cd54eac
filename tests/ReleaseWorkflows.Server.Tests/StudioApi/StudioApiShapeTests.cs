using System.Net;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Server.Tests.Infrastructure;

namespace ReleaseWorkflows.Server.Tests.StudioApi;

/// <summary>What all addresses of Elsa's API have in common.</summary>
public sealed class StudioApiShapeTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private ApiClient Admin => shared.Server.As(Role.Administrator);

    [Fact]
    public async Task Without_credentials_the_answer_is_401_and_empty()
    {
        var answer = await shared.Server.Anonymous.GetAsync("/elsa/api/features/installed");

        Assert.Equal(HttpStatusCode.Unauthorized, answer.Status);
        Assert.Empty(answer.Bytes);
        Assert.NotEmpty(answer.Headers.WwwAuthenticate);
    }

    [Fact]
    public async Task Without_the_permission_the_answer_is_403_with_a_sentence_for_the_page()
    {
        var answer = await shared.Server.As(Role.Developer).GetAsync("/elsa/api/features/installed");

        Assert.Equal(HttpStatusCode.Forbidden, answer.Status);
        Assert.Contains("read:installed-features", answer.ErrorOf("generalErrors"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    [InlineData("PATCH")]
    public async Task An_unknown_address_is_404_and_empty_and_never_a_server_error(string method)
    {
        var answer = await Admin.SendAsync(new HttpMethod(method), "/elsa/api/no-such/thing");

        Assert.Equal(HttpStatusCode.NotFound, answer.Status);
        Assert.Empty(answer.Bytes);
    }

    [Fact]
    public async Task Features_are_found_by_their_full_name()
    {
        var list = await Admin.GetAsync("/elsa/api/features/installed");
        var name = list.Items[0].GetProperty("fullName").GetString();

        Assert.Equal(name, (await Admin.GetAsync("/elsa/api/features/installed/" + name)).Text("fullName"));
        Assert.Equal(HttpStatusCode.NotFound, (await Admin.GetAsync("/elsa/api/features/installed/No.Such")).Status);
        Assert.Equal(list.Items.Count, list.Json.GetProperty("count").GetInt32());
    }
}
