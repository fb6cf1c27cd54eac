namespace ReleaseWorkflows.Runtime.Resumption;

/// <summary>A workflow that another one waits for has ended.</summary>
/// <param name="ChildInstanceId">The instance that has ended.</param>
internal sealed record ChildStimulus(string ChildInstanceId)
{
    /// <summary>Property of the child that names the kind of bookmark its parent waits at.</summary>
    public const string ParentBookmark = "ParentBookmark";

    /// <summary>Input of the parent that says what became of the child.</summary>
    public const string ResultInput = "ChildWorkflowResult";
}
