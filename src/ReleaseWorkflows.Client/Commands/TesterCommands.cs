using System.CommandLine;
using System.Text.Json;

namespace ReleaseWorkflows.Client.Commands;

/// <summary><c>rw testers list|add|set|remove</c>: the pilot's testers, typed or from a CSV or TXT file. Rows that cannot be used are named.</summary>
internal static class TesterCommands
{
    /// <summary>Creates the command with its subcommands.</summary>
    public static Command Create(Run run)
    {
        var list = new Command("list", "Lists the testers, one a line.");
        var listed = ReleaseName.Argument();
        list.Arguments.Add(listed);
        list.SetAction((parsed, stop) => run(parsed, async (session, cancellationToken) =>
        {
            var id = await session.FindIdAsync(parsed.GetValue(listed)!, cancellationToken);
            var testers = await session.Server.GetAsync($"api/releases/{id}/testers", cancellationToken);
            session.Report.Result(testers, testers.GetProperty("userIds").EnumerateArray().Select(tester => tester.GetString()!));
            return ExitCode.Done;
        }, stop));

        var remove = new Command("remove", "Removes testers.");
        var (release, ids) = (ReleaseName.Argument(), Ids(ArgumentArity.OneOrMore));
        remove.Arguments.Add(release);
        remove.Arguments.Add(ids);
        remove.SetAction((parsed, stop) => run(parsed, async (session, cancellationToken) =>
        {
            var id = await session.FindIdAsync(parsed.GetValue(release)!, cancellationToken);
            JsonElement answer = default;
            foreach (var tester in parsed.GetValue(ids)!)
            {
                answer = await session.Server.SendJsonAsync(HttpMethod.Delete, $"api/releases/{id}/testers/{Uri.EscapeDataString(tester)}", null, cancellationToken);
                TellRows(session, answer);
            }

            Print(session, answer);
            return ExitCode.Done;
        }, stop));

        return new Command("testers", "Lists and changes the pilot's testers.")
        {
            list,
            Change(run, "add", "Adds testers.", HttpMethod.Post),
            Change(run, "set", "Replaces the testers by these.", HttpMethod.Put),
            remove,
        };
    }

    private static Command Change(Run run, string name, string description, HttpMethod method)
    {
        var (release, ids) = (ReleaseName.Argument(), Ids(ArgumentArity.ZeroOrMore));
        var file = new Option<string?>("--file", "-f") { Description = "A CSV or TXT file with testers." };
        var command = new Command(name, description) { release, ids, file };
        command.Validators.Add(result =>
        {
            if ((result.GetValue(ids) ?? []).Length > 0 == result.GetValue(file) is not null)
            {
                result.AddError("Name testers, or a file with --file.");
            }
        });
        command.SetAction((parsed, stop) => run(parsed, async (session, cancellationToken) =>
        {
            var address = $"api/releases/{await session.FindIdAsync(parsed.GetValue(release)!, cancellationToken)}/testers";
            var answer = parsed.GetValue(file) is { } path
                ? await SendFileAsync(session, method, address, path, cancellationToken)
                : await session.Server.SendJsonAsync(method, address, JsonSerializer.Serialize(new { userIds = parsed.GetValue(ids) }), cancellationToken);
            TellRows(session, answer);
            Print(session, answer);
            return ExitCode.Done;
        }, stop));
        return command;
    }

    private static async Task<JsonElement> SendFileAsync(Session session, HttpMethod method, string address, string path, CancellationToken cancellationToken)
    {
        var content = await File.ReadAllBytesAsync(path, cancellationToken);
        return await session.Server.SendFormAsync(
            method, address, () => new MultipartFormDataContent { { new ByteArrayContent(content), "file", Path.GetFileName(path) } }, cancellationToken);
    }

    private static void TellRows(Session session, JsonElement answer)
    {
        foreach (var row in answer.GetProperty("rejected").EnumerateArray())
        {
            session.Report.Complain($"line {row.GetProperty("line").GetInt32()} is not taken: {row.GetProperty("reason").GetString()}");
        }
    }

    private static void Print(Session session, JsonElement answer)
    {
        session.Report.Tell($"{answer.GetProperty("total").GetInt32()} testers.");
        session.Report.Result(answer, $"{answer.GetProperty("total").GetInt32()}");
    }

    private static Argument<string[]> Ids(ArgumentArity arity) => new("user-ids") { Description = "User ids of testers.", Arity = arity };
}
