using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ReleaseWorkflows.Runtime.Definitions.CodeFirst;

namespace ReleaseWorkflows.Runtime.Definitions;

/// <summary>Loads the workflows written in code and the definitions of the configured folder when the host starts, and says in the log what became of each.</summary>
internal sealed partial class WorkflowDefinitionLoader(
    IWorkflowDefinitions definitions, CodeWorkflowLoader code, IOptions<WorkflowRuntimeOptions> options, ILogger<WorkflowDefinitionLoader> logger) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        Report(await code.LoadAsync(cancellationToken));
        if (options.Value.DefinitionsFolder is { Length: > 0 } folder)
            Report(await definitions.LoadAsync(folder, cancellationToken));
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Report(IReadOnlyList<FileReport> reports)
    {
        foreach (var report in reports)
        {
            if (report.Outcome == FileOutcome.Published)
                Log.Published(logger, report.DefinitionId, report.Path);

            foreach (var finding in report.Findings)
            {
                if (finding.Severity == FindingSeverity.Error)
                    Log.Refused(logger, report.Path, finding.Node ?? "-", finding.Reason);
                else
                    Log.Doubtful(logger, report.Path, finding.Node ?? "-", finding.Reason);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Published the workflow definition {DefinitionId} from {Path}")]
        public static partial void Published(ILogger logger, string? definitionId, string path);

        [LoggerMessage(2, LogLevel.Error, "The workflow definition in {Path} was refused. {Node}: {Reason}")]
        public static partial void Refused(ILogger logger, string path, string node, string reason);

        [LoggerMessage(3, LogLevel.Warning, "The workflow definition in {Path}. {Node}: {Reason}")]
        public static partial void Doubtful(ILogger logger, string path, string node, string reason);
    }
}
