using System.Text.Json;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Persistence.Idempotency;
using ReleaseWorkflows.Runtime.Storage;
using ReleaseWorkflows.Server.Access;
using ReleaseWorkflows.Server.Api.Problems;

namespace ReleaseWorkflows.Server.Api.Commands;

/// <summary>
/// Carries out a command of the API: one unit of work, committed before the answer leaves, and done once however often the request comes.
/// </summary>
/// <remarks>
/// <para>
/// With an <c>Idempotency-Key</c> the first answer is stored in the very unit of work that had the effect. A repeat finds it and gets it
/// again (status, <c>Location</c>, <c>ETag</c>, body, and <c>Idempotency-Replayed: true</c>). Of concurrent duplicates one commits; the others
/// lose the race for the key, run again and find its answer. The same key with another request is 422.
/// </para>
/// <para>
/// A refusal is not stored, since it had no effect: the same command may succeed later. Because a duplicate can be refused just because the
/// first one has succeeded meanwhile, a refused request looks for the first answer once more before it says no.
/// </para>
/// </remarks>
internal static class CommandEndpoint
{
    /// <summary>Header of an answer that was given before.</summary>
    public const string ReplayedHeader = "Idempotency-Replayed";

    /// <summary>The code of the refusal of a key that was used for another request.</summary>
    public const string KeyReused = "idempotency-key-reused";

    /// <summary>Runs the work in a unit of work and commits if its answer is below 400.</summary>
    /// <param name="context">The request; somebody is signed in.</param>
    /// <param name="work">
    /// The work, with the services of the unit of work's scope. It must be repeatable: after a lost race it runs again from the start. Read
    /// the request before, not in it.
    /// </param>
    /// <param name="content">For the key: what the request says, where its bytes differ from attempt to attempt (multipart). Null: its bytes.</param>
    /// <param name="isQuick">
    /// True if doing the work in vain costs less than a look for an earlier answer, which hardly ever is there: then the key's uniqueness finds a repeat at
    /// the commit, and the next attempt looks.
    /// </param>
    public static async Task<IResult> RunAsync(
        HttpContext context,
        Func<IServiceProvider, CancellationToken, Task<CommandResponse>> work,
        string? content = null,
        bool isQuick = false)
    {
        var cancellationToken = context.RequestAborted;
        var actor = CurrentActor.Of(context);
        var (key, problem) = await IdempotencyKey.ReadAsync(context, content, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        var units = context.RequestServices.GetRequiredService<IUnitOfWorkRunner>();
        return key is null
            ? await units.RunAsync(async (services, stop) => End(await work(services, stop)), cancellationToken)
            : await RunOnceAsync(units, actor, key, work, cancellationToken, isQuick);
    }

    /// <summary>As <see cref="RunAsync"/>, for an actor and a key that are known already.</summary>
    internal static async Task<CommandResponse> RunOnceAsync(
        IUnitOfWorkRunner units,
        Actor actor,
        IdempotencyKey key,
        Func<IServiceProvider, CancellationToken, Task<CommandResponse>> work,
        CancellationToken cancellationToken,
        bool isQuick = false)
    {
        var looksFirst = !isQuick;
        var response = await units.RunAsync(
            async (services, stop) =>
            {
                var isToLook = looksFirst;
                looksFirst = true;
                if (isToLook && await FindFirstAnswerAsync(services, actor, key, stop) is { } first)
                {
                    return UnitOfWorkResult.Discard(first);
                }

                var answer = await work(services, stop);
                if (answer.IsCommitted)
                {
                    var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
                    services.GetRequiredService<IIdempotencyStore>().Add(new IdempotencyRecord(
                        actor.Id.Value,
                        key.Value,
                        key.RequestHash,
                        answer.StatusCode,
                        answer.ContentType,
                        JsonSerializer.Serialize(answer.Headers, ApiJson.Options),
                        answer.RememberedBody,
                        now));
                }

                return End(answer);
            },
            cancellationToken);

        return response.IsCommitted || response.IsReplay
            ? response
            : await units.RunAsync(
                async (services, stop) => UnitOfWorkResult.Discard(await FindFirstAnswerAsync(services, actor, key, stop) ?? response),
                cancellationToken);
    }

    private static UnitOfWorkResult<CommandResponse> End(CommandResponse response) => new(response, response.IsCommitted);

    private static async Task<CommandResponse?> FindFirstAnswerAsync(IServiceProvider services, Actor actor, IdempotencyKey key, CancellationToken cancellationToken)
    {
        if (await services.GetRequiredService<IIdempotencyStore>().FindAsync(actor.Id.Value, key.Value, cancellationToken) is not { } first)
        {
            return null;
        }

        if (first.RequestHash != key.RequestHash)
        {
            return CommandResponse.Refuse(new Problem(
                StatusCodes.Status422UnprocessableEntity,
                KeyReused,
                "This Idempotency-Key was used for another request. Choose a new key for each command, and keep it only for repeats of that command."));
        }

        var headers = JsonSerializer.Deserialize<Dictionary<string, string>>(first.HeadersJson, ApiJson.Options)!;
        headers[ReplayedHeader] = "true";
        return CommandResponse.Raw(first.StatusCode, headers, first.ContentType, first.Body, isCommitted: false);
    }
}
