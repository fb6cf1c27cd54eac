using System.CommandLine;
using System.Text.Json.Nodes;

namespace ReleaseWorkflows.Client.Commands;

/// <summary><c>rw complete-pilot</c>, <c>go-live</c>, <c>hold</c>, <c>resume</c> and <c>cancel</c>: from the end of the pilot to everyone. Each prints where the release stands then.</summary>
internal static class GoLiveCommands
{
    /// <summary>Creates the commands.</summary>
    public static IEnumerable<Command> Create(Run run)
    {
        yield return DecisionCommands.Create(run, "complete-pilot", "Completes pilot testing.", null, (_, _) => { });
        yield return GoLive(run);
        foreach (var (name, description) in ((string, string)[])
            [("hold", "Keeps the percentage where it is."), ("resume", "Lets the percentage rise again.")])
        {
            var reason = new Option<string>("--reason") { Description = "Why; it is kept in the log.", Required = true };
            yield return DecisionCommands.Create(run, name, description, reason, (body, parsed) => body["reason"] = parsed.GetValue(reason));
        }

        var why = new Option<string?>("--reason") { Description = "Why; it is kept in the log." };
        yield return DecisionCommands.Create(
            run, "cancel", "Gives a release up; the version can never go to this target again.", why, (body, parsed) => body["reason"] = parsed.GetValue(why));
    }

    private static Command GoLive(Run run)
    {
        var release = ReleaseName.Argument();
        var full = new Option<bool>("--full") { Description = "To everyone at once." };
        var percentage = new Option<int?>("--percentage", "-p") { Description = "To this percentage of the users, 1 to 100; it can only rise." };
        var command = new Command("go-live", "Brings a release in Production to its users.") { release, full, percentage };
        command.Validators.Add(result =>
        {
            if (result.GetValue(full) == result.GetValue(percentage) is not null)
            {
                result.AddError("Say --full, or --percentage.");
            }
        });
        command.SetAction((parsed, stop) => run(parsed, async (session, cancellationToken) =>
        {
            var found = await session.FindAsync(parsed.GetValue(release)!, cancellationToken);
            var id = ReleaseName.IdOf(found);
            if (parsed.GetValue(percentage) is not { } number)
            {
                return await DecisionCommands.SendAsync(session, id, "go-live", new JsonObject { ["type"] = "Full" }, cancellationToken);
            }

            // Step by step has to be chosen before the first percentage.
            if (found.GetProperty("status").GetString() == "ReleasePreparation")
            {
                await session.Server.SendJsonAsync(HttpMethod.Post, $"api/releases/{id}/go-live", """{ "type": "Grayscale" }""", cancellationToken);
            }

            return await DecisionCommands.SendAsync(session, id, "grayscale", new JsonObject { ["percentage"] = number }, cancellationToken);
        }, stop));
        return command;
    }
}
