namespace ReleaseWorkflows.Server.Portal.Forms;

/// <summary>How much a button asks to be pressed.</summary>
public enum ButtonKind
{
    /// <summary>The one thing to do here.</summary>
    Primary,

    /// <summary>Another thing that can be done.</summary>
    Quiet,

    /// <summary>Takes something away. Stands in a <see cref="ConfirmPanel"/>.</summary>
    Danger,
}
