using System.CommandLine;
using System.Text.Json.Nodes;

namespace ReleaseWorkflows.Client.Commands;

/// <summary><c>rw apply</c>, <c>withdraw</c>, <c>approve</c> and <c>reject</c>: a request from its submission to its decision. Each prints where the release stands then.</summary>
internal static class DecisionCommands
{
    /// <summary>Creates the commands.</summary>
    public static IEnumerable<Command> Create(Run run)
    {
        var notes = new Option<string?>("--release-notes") { Description = "What is new." };
        yield return Create(run, "apply", "Applies to release.", notes, (body, parsed) => body["releaseNotes"] = parsed.GetValue(notes));

        yield return Create(run, "withdraw", "Takes the application back.", null, (_, _) => { });

        var comment = new Option<string?>("--comment") { Description = "A word to the applicant." };
        yield return Create(run, "approve", "Approves the application, as a reviewer of the super app.", comment, (body, parsed) => body["comment"] = parsed.GetValue(comment));

        var reason = new Option<string>("--reason") { Description = "What is wrong, for the applicant.", Required = true };
        var category = new Option<string>("--category") { Description = "What it is about: Details, Code or Policy.", Required = true };
        var reject = Create(run, "reject", "Rejects the application, as a reviewer of the super app.", reason, (body, parsed) =>
        {
            body["reason"] = parsed.GetValue(reason);
            body["category"] = parsed.GetValue(category);
        });
        reject.Options.Add(category);
        yield return reject;
    }

    /// <summary>A command whose name is that of the platform's command.</summary>
    internal static Command Create(Run run, string name, string description, Option? option, Action<JsonObject, ParseResult> fill)
    {
        var release = ReleaseName.Argument();
        var command = new Command(name, description) { release };
        if (option is not null)
        {
            command.Options.Add(option);
        }

        command.SetAction((parsed, stop) => run(parsed, async (session, cancellationToken) =>
        {
            var body = new JsonObject();
            fill(body, parsed);
            return await SendAsync(session, parsed.GetValue(release)!, name, body, cancellationToken);
        }, stop));
        return command;
    }

    /// <summary>Sends a command and prints where the release stands then.</summary>
    internal static async Task<int> SendAsync(Session session, string release, string command, JsonObject body, CancellationToken cancellationToken)
    {
        var id = await session.FindIdAsync(release, cancellationToken);
        var answer = await session.Server.SendJsonAsync(HttpMethod.Post, $"api/releases/{id}/{command}", body.ToJsonString(), cancellationToken);
        session.Report.Tell(ReleaseName.LineOf(answer));
        session.Report.Result(answer, answer.GetProperty("status").GetString()!);
        return ExitCode.Done;
    }
}
