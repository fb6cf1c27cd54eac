using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.Pilot;
using ReleaseWorkflows.Server.Access;
using ReleaseWorkflows.Server.Api.Commands;
using ReleaseWorkflows.Server.Api.Problems;
using ReleaseWorkflows.Server.Api.Requests;
using ReleaseWorkflows.Server.Api.Workspaces;

namespace ReleaseWorkflows.Server.Api.Apps;

/// <summary>Target apps: their environments, the rules of each, and the workflow definition that releases run on.</summary>
internal static class AppEndpoints
{
    /// <summary>Maps <c>/apps</c>.</summary>
    public static void MapApps(this IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/apps").WithTags("Apps");
        group.MapGet("", ListAsync).WithSummary("List the apps that can be released to.").Produces<Listing<TargetApp>>();
        group.MapPost("", CreateAsync).WithSummary("Create a target app.").Produces<TargetApp>(StatusCodes.Status201Created);
        group.MapGet("/{key}", ReadAsync).WithSummary("Read a target app.").Produces<TargetApp>();
        group.MapWebhooks();
        group.MapNotifications();
        group.MapPut("/{key}", ReplaceAsync).WithSummary("Replace what an app is; releases that have applied keep the rules they applied under.").Produces<TargetApp>();
        group.MapPost("/{key}/workflow", AppWorkflow.CopyAsync)
            .WithSummary("Give an app a workflow definition of its own: a copy of the one it runs on. Later releases run on the copy.").Produces<TargetApp>();
    }

    // Whoever prepares a release chooses among all apps, so every account sees them.
    private static async Task<IResult> ListAsync(ITargetAppStore store, CancellationToken cancellationToken) =>
        Results.Ok(Listing.Of((await store.ListAsync(cancellationToken)).Select(Shown)));

    private static async Task<IResult> ReadAsync(string key, ITargetAppStore store, CancellationToken cancellationToken) =>
        await store.FindAsync(new AppKey(key), cancellationToken) is { } app ? CommandResponse.Ok(Shown(app), app.Revision) : NotFound(key);

    private static async Task<IResult> CreateAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var actor = CurrentActor.Of(context);
        var input = await RequestReader.ReadAsync(context, cancellationToken);
        var key = new AppKey(input.Key("key"));
        var named = input.OptionalKey("workspace") is { } text ? new WorkspaceKey(text) : (WorkspaceKey?)null;
        var asked = ReadApp(input, key);
        await AppWorkflow.CheckAsync(asked, input, context, cancellationToken);
        if (input.Finish() is { } refusal)
        {
            return Problem.From(refusal);
        }

        return await CommandEndpoint.RunAsync(context, (services, stop) => AddAsync(services, actor, named, asked, stop));
    }

    /// <summary>Adds an app in a unit of work.</summary>
    internal static async Task<CommandResponse> AddAsync(
        IServiceProvider services, Actor actor, WorkspaceKey? named, TargetApp asked, CancellationToken cancellationToken)
    {
        var key = asked.Key;
        var store = services.GetRequiredService<ITargetAppStore>();
        var tenants = (await services.GetRequiredService<IAccountStore>().ListWorkspacesAsync(cancellationToken)).Where(workspace => workspace.Kind == WorkspaceKind.Tenant);
        var (workspace, problem) = WorkspaceChoice.Choose(named, [.. tenants], actor, Permission.Define, owner => new Subject(null, null, owner));
        if (problem is not null)
        {
            return CommandResponse.Refuse(problem);
        }

        if (await store.FindAsync(key, cancellationToken) is not null)
        {
            return CommandResponse.Refuse(Problem.AlreadyExists($"There is an app “{key}” already. Choose another key."));
        }

        var app = asked with { Workspace = workspace!.Key };
        store.Save(app);
        return CommandResponse.Created($"/api/apps/{key}", app, app.Revision);
    }

    private static async Task<IResult> ReplaceAsync(HttpContext context, string key, CancellationToken cancellationToken)
    {
        var input = await RequestReader.ReadAsync(context, cancellationToken);
        var asked = ReadApp(input, new AppKey(key));
        await AppWorkflow.CheckAsync(asked, input, context, cancellationToken);
        if (input.Finish() is { } refusal)
        {
            return Problem.From(refusal);
        }

        return await AppChange.RunAsync(
            context,
            key,
            current => asked with { Workspace = current.Workspace, OwnWorkflowDefinitionId = current.OwnWorkflowDefinitionId, Webhook = current.Webhook, Notifications = current.Notifications },
            static app => CommandResponse.Ok(Shown(app), app.Revision));
    }

    // Secrets are stored, and shown when they are made.
    internal static TargetApp Shown(TargetApp app) => app with { Webhook = app.Webhook?.WithoutSecret() };

    private static TargetApp ReadApp(RequestReader input, AppKey key)
    {
        var environments = new Dictionary<ReleaseEnvironment, EnvironmentPolicy>();
        if (input.Part("environments") is { } part)
        {
            foreach (var name in part.Names())
            {
                if (!Enum.GetNames<ReleaseEnvironment>().Contains(name, StringComparer.Ordinal))
                {
                    part.Add(name, $"There is no such environment. There are {string.Join(", ", Enum.GetNames<ReleaseEnvironment>())}.");
                }
                else
                {
                    var environment = Enum.Parse<ReleaseEnvironment>(name);
                    environments[environment] = ReadPolicy(part.Part(name), environment);
                }
            }
        }

        var app = new TargetApp
        {
            Key = key,
            Workspace = default,
            Name = input.Line("name", maximum: 10_000),
            Environments = environments,
            WorkflowDefinitionId = input.Line("workflowDefinitionId", maximum: 200),
            TesterIdKind = input.OptionalWord<TesterIdKind>("testerIdKind") ?? TesterIdKind.UserId,
            AllowSelfApproval = input.OptionalBoolean("allowSelfApproval") ?? false,
            FirstVersionMustBeFull = input.OptionalBoolean("firstVersionMustBeFull") ?? false,
            Audience = input.OptionalInteger("audience", 1, TargetApp.LargestAudience),
            Freezes = FreezeInput.Read(input),
            EmailsProgress = input.OptionalBoolean("emailsProgress") ?? false,
        };
        input.AddAll(app.Problems());
        return app;
    }

    // What is not said is as strict as it has to be: Production is reviewed by a person, the others are not.
    private static EnvironmentPolicy ReadPolicy(RequestReader? input, ReleaseEnvironment environment) => new(
        input?.OptionalWord<ReviewMode>("review") ?? (environment == ReleaseEnvironment.Production ? ReviewMode.Manual : ReviewMode.Auto),
        input?.OptionalWord<PilotMode>("pilot") ?? PilotMode.Off,
        input?.OptionalInteger("minimumTesters", 0, 100_000) ?? 0,
        input?.OptionalNumber("minimumPilotHours", 0, 8_760) ?? 0);

    /// <summary>404: there is no such app.</summary>
    internal static Problem NotFound(string key) => Problem.NotFound($"There is no app “{key}”. GET /api/apps lists them.");
}
