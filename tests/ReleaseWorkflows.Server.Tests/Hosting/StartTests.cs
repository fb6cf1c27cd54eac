using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Persistence.Database;
using ReleaseWorkflows.Server.Access;
using ReleaseWorkflows.Server.Hosting;
using ReleaseWorkflows.Server.Tests.Infrastructure;

namespace ReleaseWorkflows.Server.Tests.Hosting;

public sealed class StartTests
{
    [Fact]
    public async Task A_start_in_Development_on_an_empty_database_makes_the_demo_data()
    {
        await using var server = await TestServer.StartAsync();

        var administrator = server.As(Role.Administrator);
        var workspaces = (await administrator.GetAsync("/api/workspaces")).Items;
        var apps = (await administrator.GetAsync("/api/apps")).Items;
        var programs = (await administrator.GetAsync("/api/mini-programs")).Items;
        var versions = (await administrator.GetAsync("/api/mini-programs/coffee/versions")).Items;

        Assert.Equal(["acme Developer", "superapp Tenant"], workspaces.Select(workspace => $"{workspace.GetProperty("key")} {workspace.GetProperty("kind")}"));
        Assert.Equal(["superapp-a release-pipeline", "superapp-b superapp-b-pipeline"], apps.Select(app => $"{app.GetProperty("key")} {app.GetProperty("workflowDefinitionId")}"));
        Assert.Equal(
            ["Development Auto Off", "Test Auto Off", "Sandbox Manual Offered", "Production Manual Offered"],
            Environments(apps[0]));
        Assert.Equal(["Test Auto Off", "Production Manual Off"], Environments(apps[1]));
        Assert.Equal("coffee", Assert.Single(programs).GetProperty("key").GetString());
        Assert.Equal("1.0.0", Assert.Single(versions).GetProperty("version").GetString());

        static IEnumerable<string> Environments(JsonElement app) => app.GetProperty("environments").EnumerateObject()
            .Select(environment => $"{environment.Name} {environment.Value.GetProperty("review")} {environment.Value.GetProperty("pilot")}");
    }

    [Fact]
    public async Task Every_role_has_a_user_whose_password_and_key_are_in_a_file_that_only_its_owner_can_read()
    {
        await using var server = await TestServer.StartAsync();

        foreach (var role in Enum.GetValues<Role>())
        {
            var user = server.DemoUser(role);
            var me = await server.As(role).GetAsync("/api/me");
            var signedIn = await server.Anonymous.PostAsync("/api/sign-in", new { email = user.Email, password = user.Password });

            me.Is(HttpStatusCode.OK);
            signedIn.Is(HttpStatusCode.OK);
            Assert.Equal(role.ToString(), Assert.Single(me.Json.GetProperty("grants").EnumerateArray()).GetProperty("role").GetString());
            Assert.Contains(user.Password, server.Console.ToString(), StringComparison.Ordinal);
        }

        var developer = (await server.As(Role.Developer).GetAsync("/api/me")).Json.GetProperty("grants")[0];
        Assert.Equal("acme", developer.GetProperty("workspace").GetString());
        Assert.Equal("coffee", Assert.Single(developer.GetProperty("miniPrograms").EnumerateArray()).GetString());
        if (!OperatingSystem.IsWindows())
        {
            var mode = File.GetUnixFileMode(Path.Combine(server.DataFolder, "demo-access.json"));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, mode);
        }
    }

    [Fact]
    public async Task A_restart_keeps_the_data_and_the_credentials()
    {
        await using var server = await TestServer.StartAsync();
        var before = await File.ReadAllTextAsync(Path.Combine(server.DataFolder, "demo-access.json"));
        var user = server.DemoUser(Role.DeveloperAdmin);
        var token = (await server.Anonymous.PostAsync("/api/sign-in", new { email = user.Email, password = user.Password })).Text("token");
        (await server.As(Role.DeveloperAdmin).PostAsync("/api/mini-programs", new { key = "tea", name = "Tea" })).Is(HttpStatusCode.Created);

        await server.RestartAsync();

        (await server.With($"Bearer {token}").GetAsync("/api/mini-programs/tea")).Is(HttpStatusCode.OK);
        Assert.Equal(before, await File.ReadAllTextAsync(Path.Combine(server.DataFolder, "demo-access.json")));
    }

    [Fact]
    public async Task A_start_outside_Development_makes_no_data_and_tells_how_to_begin()
    {
        await using var server = await TestServer.StartAsync(settings: "--environment=Production");

        Assert.False(File.Exists(Path.Combine(server.DataFolder, "demo-access.json")));
        Assert.Contains("create-admin", server.Console.ToString(), StringComparison.Ordinal);
        (await server.Anonymous.GetAsync("/api/workspaces")).Is(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task The_first_administrator_comes_from_the_command_line()
    {
        await using var folder = new TemporaryFolder();
        var console = new StringWriter();

        var exitCode = await CreateAdminCommand.RunAsync(
            [.. TestServer.Settings(folder.Path), "--environment=Production", "--email", "jo@example.com", "--name", "Jo Example"], builder => Prepare(builder, console));

        Assert.Equal(0, exitCode);
        var key = console.ToString().Split("API key:")[1].Trim();
        await using var server = await TestServer.StartAsync(folder: folder.Path, settings: "--environment=Production");
        var me = await server.With($"ApiKey {key}").GetAsync("/api/me");
        Assert.Equal("jo@example.com", me.Is(HttpStatusCode.OK).Text("email"));
        Assert.Equal("Administrator", me.Json.GetProperty("grants")[0].GetProperty("role").GetString());
    }

    [Theory]
    [InlineData("--email", "jo@example.com")]
    [InlineData("--name", "Jo")]
    [InlineData("--email", "nobody", "--name", "Jo")]
    [InlineData("--email", "jo@example.com", "--name", " ")]
    public async Task The_first_administrator_needs_an_address_and_a_name(params string[] options)
    {
        await using var folder = new TemporaryFolder();

        var refused = await Assert.ThrowsAsync<StartException>(
            () => CreateAdminCommand.RunAsync([.. TestServer.Settings(folder.Path), .. options], builder => Prepare(builder, TextWriter.Null)));

        Assert.Contains("create-admin --email", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_that_is_taken_gets_no_second_administrator()
    {
        await using var folder = new TemporaryFolder();
        string[] options = [.. TestServer.Settings(folder.Path), "--email", "jo@example.com", "--name", "Jo"];
        await CreateAdminCommand.RunAsync(options, builder => Prepare(builder, TextWriter.Null));

        var refused = await Assert.ThrowsAsync<StartException>(() => CreateAdminCommand.RunAsync(options, builder => Prepare(builder, TextWriter.Null)));

        Assert.Contains("jo@example.com", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_start_message_names_address_and_data_directory()
    {
        await using var server = await TestServer.StartAsync();

        var message = server.Console.ToString();
        Assert.Contains(server.Http.BaseAddress!.ToString().TrimEnd('/'), message, StringComparison.Ordinal);
        Assert.Contains($"Data:  {server.DataFolder}", message, StringComparison.Ordinal);
        Assert.Contains("demo-access.json", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--ReleaseWorkflows:RateLimit:Burst=0", "Burst")]
    [InlineData("--ReleaseWorkflows:Access:MaximumAttempts=0", "MaximumAttempts")]
    [InlineData("--ReleaseWorkflows:Access:TokenLifetime=00:00:01", "TokenLifetime")]
    [InlineData("--ReleaseWorkflows:Database:MaximumGroupSize=0", "MaximumGroupSize")]
    public async Task A_setting_that_cannot_work_stops_the_start_by_its_name(string setting, string name)
    {
        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => TestServer.StartAsync(settings: setting));

        Assert.Contains(name, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_server_on_the_same_data_is_kept_out()
    {
        await using var first = await TestServer.StartAsync();

        var refused = await Assert.ThrowsAsync<DatabaseUnavailableException>(() => TestServer.StartAsync(folder: first.DataFolder));

        Assert.Contains("Another server uses this data directory", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_address_is_localhost_5080_unless_a_setting_says_otherwise()
    {
        var usual = ReleaseWorkflowsServer.Build([]);
        var told = ReleaseWorkflowsServer.Build(["--urls=http://localhost:7777"]);

        Assert.Equal("http://localhost:5080", usual.Configuration["urls"]);
        Assert.Equal("http://localhost:7777", told.Configuration["urls"]);
    }

    [Fact]
    public async Task The_data_directory_is_beside_the_solution_or_else_beside_the_program()
    {
        await using var folder = new TemporaryFolder();
        var checkout = Directory.CreateDirectory(Path.Combine(folder.Path, "checkout", "src", "deep")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "checkout", "ReleaseWorkflows.sln"), "");
        var nowhere = Directory.CreateDirectory(Path.Combine(folder.Path, "elsewhere")).FullName;
        var none = new Microsoft.Extensions.Configuration.ConfigurationManager();
        var configured = new Microsoft.Extensions.Configuration.ConfigurationManager { ["ReleaseWorkflows:DataDirectory"] = "mine" };

        Assert.Equal(Path.Combine(folder.Path, "checkout", "data"), Server.Hosting.DataFolder.Resolve(none, "/program", checkout).Path);
        Assert.Equal(Path.Combine("/program", "data"), Server.Hosting.DataFolder.Resolve(none, "/program", nowhere).Path);
        Assert.Equal(Path.Combine(checkout, "mine"), Server.Hosting.DataFolder.Resolve(configured, "/program", checkout).Path);
    }

    private static void Prepare(WebApplicationBuilder builder, TextWriter console)
    {
        builder.Logging.ClearProviders();
        builder.Services.Replace(ServiceDescriptor.Singleton(console));
    }
}
