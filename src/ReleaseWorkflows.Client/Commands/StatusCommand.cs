using System.CommandLine;
using System.Text.Json;

namespace ReleaseWorkflows.Client.Commands;

/// <summary><c>rw status</c>: where a release stands, or the releases there are, the newest first.</summary>
internal static class StatusCommand
{
    private static readonly (string Option, string Parameter)[] Filters =
        [("--mini-program", "miniProgram"), ("--version", "version"), ("--app", "app"), ("--environment", "environment"), ("--status", "status")];

    /// <summary>Creates the command.</summary>
    public static Command Create(Run run)
    {
        var release = ReleaseName.Argument();
        release.Arity = ArgumentArity.ZeroOrOne;
        var command = new Command("status", "Tells where a release stands, or lists releases.") { release };
        var filters = Filters.Select(filter => (Option: new Option<string?>(filter.Option) { Description = $"List those of this {filter.Option[2..]} only." }, filter.Parameter)).ToList();
        foreach (var (option, _) in filters)
        {
            command.Options.Add(option);
        }

        command.SetAction((parsed, stop) => run(parsed, async (session, cancellationToken) =>
        {
            if (parsed.GetValue(release) is { } name)
            {
                var found = await session.FindAsync(name, cancellationToken);
                session.Report.Result(found, LinesOf(found));
                return ExitCode.Done;
            }

            var query = string.Concat(filters
                .Where(filter => parsed.GetValue(filter.Option) is not null)
                .Select(filter => $"&{filter.Parameter}={Uri.EscapeDataString(parsed.GetValue(filter.Option)!)}"));
            var page = await session.Server.GetAsync("api/releases?limit=50" + query, cancellationToken);
            session.Report.Result(page, page.GetProperty("items").EnumerateArray().Select(item => $"{ReleaseName.IdOf(item)}  {ReleaseName.LineOf(item)}"));
            if (page.GetProperty("cursor").ValueKind == JsonValueKind.String)
            {
                session.Report.Tell("There are more; narrow the list.");
            }

            return ExitCode.Done;
        }, stop));
        return command;
    }

    private static IEnumerable<string> LinesOf(JsonElement release)
    {
        yield return ReleaseName.LineOf(release);
        yield return $"  id: {ReleaseName.IdOf(release)}";
        yield return $"  last request: {release.GetProperty("lastRequest").GetString()}";
        var commands = release.GetProperty("allowedCommands").EnumerateArray().Select(command => command.GetString()).ToList();
        if (commands.Count > 0)
        {
            yield return $"  you may: {string.Join(", ", commands)}";
        }
    }
}
