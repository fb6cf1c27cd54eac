using Elsa.Workflows;
using Elsa.Workflows.Attributes;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Runtime.AspNetCore.Tests.Http;

/// <summary>An activity whose refusal is to leave no trace.</summary>
[Activity("Tests", "Tests")]
public sealed class Refuse : CodeActivity
{
    protected override void Execute(ActivityExecutionContext context) => context.GetRequiredService<UnitOfWorkDecision>().Discard();
}
