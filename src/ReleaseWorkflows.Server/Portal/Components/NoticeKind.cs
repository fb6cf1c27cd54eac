namespace ReleaseWorkflows.Server.Portal.Components;

/// <summary>What a <see cref="Notice"/> is about.</summary>
public enum NoticeKind
{
    /// <summary>Good to know.</summary>
    Information,

    /// <summary>Something was done.</summary>
    Success,

    /// <summary>Something wants care.</summary>
    Warning,

    /// <summary>Something was refused or failed.</summary>
    Problem,
}
