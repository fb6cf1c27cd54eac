namespace ReleaseWorkflows.Runtime.Resumption;

/// <summary>A workflow that another one waits for has ended.</summary>
/// <param name="ChildInstanceId">The instance that has ended; where a parent waits for several together, the execution that waits.</param>
internal sealed record ChildStimulus(string ChildInstanceId)
{
    /// <summary>Property of the child that names the kind of bookmark its parent waits at.</summary>
    public const string ParentBookmark = "ParentBookmark";

    /// <summary>Property of the child that names the execution that waits, where a parent waits for several children together.</summary>
    public const string ParentActivity = "ParentActivity";

    /// <summary>Input of the parent that says what became of the child.</summary>
    public const string ResultInput = "ChildWorkflowResult";
}
