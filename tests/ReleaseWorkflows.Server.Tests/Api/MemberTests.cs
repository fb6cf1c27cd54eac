using System.Net;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Server.Tests.Infrastructure;

namespace ReleaseWorkflows.Server.Tests.Api;

public sealed class MemberTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private ApiClient Administrator => shared.Server.As(Role.Administrator);

    [Fact]
    public async Task A_new_company_comes_to_the_platform_with_its_first_admin_who_adds_the_others()
    {
        var workspace = await NewWorkspaceAsync("Developer");
        var admin = (await AddAsync(Administrator, workspace, "DeveloperAdmin")).Is(HttpStatusCode.Created);
        var adminClient = await SignInAsync(admin);
        var program = SharedServer.NewKey("members");
        (await adminClient.PostAsync("/api/mini-programs", new { key = program, name = "P" })).Is(HttpStatusCode.Created);

        var developer = (await AddAsync(adminClient, workspace, "Developer", program)).Is(HttpStatusCode.Created);

        var developerClient = await SignInAsync(developer);
        Assert.Equal(program, Assert.Single((await developerClient.GetAsync("/api/mini-programs")).Items).GetProperty("key").GetString());
        Assert.Equal(2, (await developerClient.GetAsync($"/api/workspaces/{workspace}/members")).Items.Count);
    }

    [Fact]
    public async Task The_password_of_a_new_account_is_shown_once_even_to_a_repeat()
    {
        var workspace = await NewWorkspaceAsync("Developer");
        var (body, key) = (new { email = $"{workspace}@example.com", role = "DeveloperAdmin" }, Guid.NewGuid().ToString());

        var first = await Administrator.PostAsync($"/api/workspaces/{workspace}/members", body, key);
        var repeat = await Administrator.PostAsync($"/api/workspaces/{workspace}/members", body, key);

        Assert.NotNull(first.Is(HttpStatusCode.Created).Text("password"));
        Assert.True(repeat.Is(HttpStatusCode.Created).IsReplay);
        Assert.Null(repeat.Text("password"));
        Assert.Equal(first.Text("id"), repeat.Text("id"));
    }

    [Fact]
    public async Task An_account_can_be_a_member_of_several_workspaces_and_once_of_each()
    {
        var (first, second) = (await NewWorkspaceAsync("Developer"), await NewWorkspaceAsync("Tenant"));
        var member = await AddAsync(Administrator, first, "DeveloperAdmin");
        var email = member.Text("email");

        var added = await Administrator.PostAsync($"/api/workspaces/{second}/members", new { email, role = "Reviewer" });
        var again = await Administrator.PostAsync($"/api/workspaces/{second}/members", new { email, role = "WorkspaceAdmin" });

        Assert.Null(added.Is(HttpStatusCode.Created).Text("password"));
        Assert.Equal(member.Text("id"), added.Text("id"));
        again.Is(HttpStatusCode.Conflict, "already-exists");
        var grants = (await (await SignInAsync(member)).GetAsync("/api/me")).Json.GetProperty("grants").EnumerateArray();
        Assert.Equal([$"DeveloperAdmin {first}", $"Reviewer {second}"], grants.Select(grant => $"{grant.GetProperty("role")} {grant.GetProperty("workspace")}"));
    }

    [Fact]
    public async Task A_role_is_replaced_and_withdrawn_with_effect_on_the_next_request()
    {
        var workspace = await NewWorkspaceAsync("Tenant");
        var member = await AddAsync(Administrator, workspace, "WorkspaceDeveloper");
        var client = await SignInAsync(member);
        var address = $"/api/workspaces/{workspace}/members/{member.Text("id")}";

        var replaced = await Administrator.PutAsync(address, new { role = "Reviewer" });
        Assert.Equal("Reviewer", replaced.Is(HttpStatusCode.OK).Text("role"));
        (await client.GetAsync($"/api/workspaces/{workspace}/members")).Is(HttpStatusCode.OK);

        (await Administrator.DeleteAsync(address)).Is(HttpStatusCode.NoContent);
        (await client.GetAsync($"/api/workspaces/{workspace}/members")).Is(HttpStatusCode.NotFound);
        (await client.GetAsync("/api/me")).Is(HttpStatusCode.OK);
        (await Administrator.DeleteAsync(address)).Is(HttpStatusCode.NotFound, "not-found");
    }

    [Fact]
    public async Task The_last_admin_stays_admin()
    {
        var workspace = await NewWorkspaceAsync("Developer");
        var admin = await AddAsync(Administrator, workspace, "DeveloperAdmin");
        var address = $"/api/workspaces/{workspace}/members/{admin.Text("id")}";

        (await Administrator.DeleteAsync(address)).Is(HttpStatusCode.Conflict, "last-admin");
        (await Administrator.PutAsync(address, new { role = "Developer" })).Is(HttpStatusCode.Conflict, "last-admin");
        await AddAsync(Administrator, workspace, "DeveloperAdmin");

        (await Administrator.DeleteAsync(address)).Is(HttpStatusCode.NoContent);
    }

    [Theory]
    [InlineData("Tenant", "Developer", "role")]
    [InlineData("Tenant", "Administrator", "role")]
    [InlineData("Developer", "Reviewer", "role")]
    [InlineData("Developer", "Administrator", "role")]
    [InlineData("Developer", "DeveloperAdmin", "miniPrograms")]
    [InlineData("Developer", "Developer", "miniPrograms[0]")]
    public async Task A_workspace_gives_the_roles_of_its_kind_and_assigns_its_own_mini_programs(string kind, string role, string field)
    {
        var workspace = await NewWorkspaceAsync(kind);

        var answer = await Administrator.PostAsync(
            $"/api/workspaces/{workspace}/members", new { email = "somebody@example.com", role, miniPrograms = field == "role" ? null : new[] { "coffee" } });

        Assert.Equal([field], answer.Is(HttpStatusCode.BadRequest, "invalid").BadFields);
    }

    [Fact]
    public async Task Everything_wrong_with_a_new_member_is_told_at_once()
    {
        var answer = await Administrator.PostAsync("/api/workspaces/acme/members", new { email = "nobody", name = 5, role = "King", miniPrograms = "all", age = 3 });

        Assert.Equal(["age", "email", "miniPrograms", "name", "role"], answer.Is(HttpStatusCode.BadRequest, "invalid").BadFields);
    }

    [Theory]
    [InlineData(Role.Developer, "acme", HttpStatusCode.Forbidden)]
    [InlineData(Role.Reviewer, "superapp", HttpStatusCode.Forbidden)]
    [InlineData(Role.WorkspaceAdmin, "acme", HttpStatusCode.NotFound)]
    [InlineData(Role.DeveloperAdmin, "superapp", HttpStatusCode.NotFound)]
    public async Task Only_admins_of_the_workspace_manage_its_members(Role role, string workspace, HttpStatusCode status)
    {
        var client = shared.Server.As(role);
        var me = (await client.GetAsync("/api/me")).Text("id");
        var roleThere = workspace == "acme" ? "DeveloperAdmin" : "WorkspaceAdmin";

        (await client.PostAsync($"/api/workspaces/{workspace}/members", new { email = "x@example.com", role = roleThere })).Is(status);
        (await client.PutAsync($"/api/workspaces/{workspace}/members/{me}", new { role = roleThere })).Is(status);
        (await client.DeleteAsync($"/api/workspaces/{workspace}/members/{me}")).Is(status);
    }

    [Fact]
    public async Task Only_the_platform_lets_in_companies()
    {
        (await shared.Server.As(Role.WorkspaceAdmin).PostAsync("/api/workspaces", new { key = "mine", name = "Mine", kind = "Tenant" })).Is(HttpStatusCode.Forbidden, "forbidden");
        (await Administrator.PostAsync("/api/workspaces", new { key = "acme", name = "Acme", kind = "Tenant" })).Is(HttpStatusCode.Conflict, "already-exists");
        Assert.Equal(["key", "kind", "name"], (await Administrator.PostAsync("/api/workspaces", new { key = "platform", kind = "Other" })).BadFields);
    }

    private async Task<string> NewWorkspaceAsync(string kind)
    {
        var key = SharedServer.NewKey("workspace");
        (await Administrator.PostAsync("/api/workspaces", new { key, name = "W", kind })).Is(HttpStatusCode.Created);
        return key;
    }

    private static Task<Answer> AddAsync(ApiClient by, string workspace, string role, params string[] assigned) => by.PostAsync(
        $"/api/workspaces/{workspace}/members",
        new { email = $"{SharedServer.NewKey("member")}@example.com", name = "M", role, miniPrograms = assigned.Length == 0 ? null : assigned });

    private async Task<ApiClient> SignInAsync(Answer member)
    {
        var signedIn = await shared.Server.Anonymous.PostAsync("/api/sign-in", new { email = member.Text("email"), password = member.Text("password") });
        return shared.Server.With($"Bearer {signedIn.Is(HttpStatusCode.OK).Text("token")}");
    }
}
