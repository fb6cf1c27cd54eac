using System.Collections.Immutable;
using System.Text.Json;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.Configuration;
using ReleaseWorkflows.Domain.MiniPrograms;
using ReleaseWorkflows.Domain.Packages;
using ReleaseWorkflows.Runtime.Storage;
using ReleaseWorkflows.Server.Access;
using ReleaseWorkflows.Server.Hosting;
using ReleaseWorkflows.Server.Packages;

namespace ReleaseWorkflows.Server.Demo;

/// <summary>
/// Something to try the platform with: two companies, two super apps, a mini program with a version, and a user per role. Made when the
/// server starts in Development on an empty database, and never anywhere else.
/// </summary>
internal sealed class DemoData(
    IUnitOfWorkRunner units, PackageFiles files, Passwords passwords, DataFolder data, IHostEnvironment environment, TimeProvider clock, TextWriter console)
{
    /// <summary>The file in the data directory that holds the generated passwords and keys, readable by its owner only.</summary>
    public const string AccessFile = "demo-access.json";

    private static readonly WorkspaceKey Acme = new("acme");
    private static readonly WorkspaceKey SuperApp = new("superapp");
    private static readonly MiniProgramKey Coffee = new("coffee");
    private static readonly VersionNumber CoffeeVersion = new("1.0.0");

    private static readonly JsonSerializerOptions FileFormat = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>Makes the data unless there is something in the database.</summary>
    public async Task SeedAsync(CancellationToken cancellationToken)
    {
        if (!await units.RunAsync(async (services, stop) => UnitOfWorkResult.Discard(await IsEmptyAsync(services, stop)), cancellationToken))
        {
            return;
        }

        var now = clock.GetUtcNow();
        var users = CreateUsers(now);
        var version = await StoreSampleAsync(users.Single(user => user.Account.Grants[0].Role == Role.DeveloperAdmin).Account, now, cancellationToken);

        // The file first: credentials that open nothing can be replaced, a platform that nobody can enter cannot.
        WriteAccessFile(users);
        await units.RunAsync(
            async (services, stop) =>
            {
                if (!await IsEmptyAsync(services, stop))
                {
                    return UnitOfWorkResult.Discard(false);
                }

                Save(services, users, version, now);
                return UnitOfWorkResult.Commit(true);
            },
            cancellationToken);
        Print(users);
    }

    private static async Task<bool> IsEmptyAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var accounts = services.GetRequiredService<IAccountStore>();
        return (await accounts.ListAsync(cancellationToken)).Count == 0 && (await accounts.ListWorkspacesAsync(cancellationToken)).Count == 0;
    }

    private static void Save(IServiceProvider services, IReadOnlyList<Credentials> users, MiniProgramVersion version, DateTimeOffset now)
    {
        var accounts = services.GetRequiredService<IAccountStore>();
        accounts.SaveWorkspace(new Workspace(Acme, "Acme", WorkspaceKind.Developer));
        accounts.SaveWorkspace(new Workspace(SuperApp, "Super App", WorkspaceKind.Tenant));
        foreach (var user in users)
        {
            user.SaveTo(accounts);
        }

        var apps = services.GetRequiredService<ITargetAppStore>();
        apps.Save(SuperAppA);
        apps.Save(SuperAppB);

        var miniPrograms = services.GetRequiredService<IMiniProgramStore>();
        miniPrograms.Save(CreateCoffee(now));
        miniPrograms.AddVersion(version);
    }

    private static TargetApp SuperAppA { get; } = new()
    {
        Key = new AppKey("superapp-a"),
        Workspace = SuperApp,
        Name = "Super App A",
        WorkflowDefinitionId = "release-pipeline",
        Environments = new Dictionary<ReleaseEnvironment, EnvironmentPolicy>
        {
            [ReleaseEnvironment.Development] = new(),
            [ReleaseEnvironment.Test] = new(),
            [ReleaseEnvironment.Sandbox] = new(ReviewMode.Manual, PilotMode.Offered),
            [ReleaseEnvironment.Production] = new(ReviewMode.Manual, PilotMode.Offered),
        },
    };

    private static TargetApp SuperAppB { get; } = new()
    {
        Key = new AppKey("superapp-b"),
        Workspace = SuperApp,
        Name = "Super App B",
        WorkflowDefinitionId = "superapp-b-pipeline",
        OwnWorkflowDefinitionId = "superapp-b-pipeline",
        Environments = new Dictionary<ReleaseEnvironment, EnvironmentPolicy>
        {
            [ReleaseEnvironment.Test] = new(),
            [ReleaseEnvironment.Production] = new(ReviewMode.Manual),
        },
    };

    private static MiniProgram CreateCoffee(DateTimeOffset now) => new()
    {
        Key = Coffee,
        Workspace = Acme,
        BasicInformation = new BasicInformation("Coffee", "Order coffee ahead and pick it up without queueing.", "Food and drink"),
        Configuration = new ConfigurationValues
        {
            ServerDomains = ["api.coffee.example", "images.coffee.example"],
            WebUrls = ["https://m.coffee.example/help"],
            EnvironmentVariables = ImmutableSortedDictionary<string, string>.Empty.Add("API_URL", "https://api.coffee.example/v1"),
            Payment = ImmutableSortedDictionary<string, string>.Empty.Add("merchantId", "acme-coffee"),
            InternalTesters = ["acme-tester-1", "acme-tester-2"],
            Features = ImmutableSortedDictionary<string, bool>.Empty.Add("loyalty-card", true),
        },
        CreatedAt = now,
    };

    private List<Credentials> CreateUsers(DateTimeOffset now)
    {
        return
        [
            Create("administrator@platform.example", "Ada Administrator", Role.Administrator, CreateAdminCommand.Platform),
            Create("workspace-admin@superapp.example", "Wim Workspace-Admin", Role.WorkspaceAdmin, SuperApp),
            Create("workspace-developer@superapp.example", "Wanda Workspace-Developer", Role.WorkspaceDeveloper, SuperApp),
            Create("reviewer@superapp.example", "Rita Reviewer", Role.Reviewer, SuperApp),
            Create("developer-admin@acme.example", "Dora Developer-Admin", Role.DeveloperAdmin, Acme),
            Create("developer@acme.example", "Dan Developer", Role.Developer, Acme, Coffee),
        ];

        Credentials Create(string email, string name, Role role, WorkspaceKey workspace, params MiniProgramKey[] assigned) =>
            Credentials.Create(email, name, new Grant(role, workspace, assigned), passwords, now);
    }

    private async Task<MiniProgramVersion> StoreSampleAsync(Account uploader, DateTimeOffset now, CancellationToken cancellationToken)
    {
        using var zip = new MemoryStream();
        SamplePackages.Zip(Path.Combine(environment.ContentRootPath, "samples", Coffee.Value), zip);
        zip.Position = 0;
        var read = PackageArchive.Read(zip, cancellationToken: cancellationToken);
        using var package = read.Package ?? throw new InvalidOperationException($"The sample is no mini program: {string.Join(" ", read.Problems)}");

        zip.Position = 0;
        using var incoming = (await files.ReceiveAsync(zip, zip.Length, cancellationToken))!;
        incoming.Keep();
        return new MiniProgramVersion(
            Coffee, CoffeeVersion, incoming.Digest.Hex, incoming.Size, package.Files.Count, uploader.Id, uploader.Name, now);
    }

    private void WriteAccessFile(IReadOnlyList<Credentials> users)
    {
        var path = data.Combine(AccessFile);
        var temporary = path + ".writing";
        File.Delete(temporary);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var file = new FileStream(temporary, options))
        {
            JsonSerializer.Serialize(file, new { Users = users.Select(Describe) }, FileFormat);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }

    private static object Describe(Credentials user)
    {
        var grant = user.Account.Grants[0];
        return new
        {
            user.Account.Email,
            user.Password,
            user.ApiKey,
            Role = grant.Role.ToString(),
            Workspace = grant.Role == Role.Administrator ? null : grant.Workspace.Value,
        };
    }

    private void Print(IReadOnlyList<Credentials> users)
    {
        console.WriteLine("Demo data was made. These users can sign in; this is printed once:");
        foreach (var user in users)
        {
            console.WriteLine($"  {user.Account.Grants[0].Role,-18} {user.Account.Email,-38} {user.Password}  {user.ApiKey}");
        }
    }
}
