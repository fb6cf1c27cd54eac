using ReleaseWorkflows.Domain.Packages;

namespace ReleaseWorkflows.Server.Portal.Components;

/// <summary>What the checks of a package look for, the same wherever their findings are shown.</summary>
internal static class PackageCheckWords
{
    /// <summary>What holds if the check finds nothing.</summary>
    public static string Of(PackageCheck check) => check switch
    {
        PackageCheck.ServerDomains => "The code talks to configured hosts only",
        PackageCheck.SizeBudget => "Files and package are small enough to load quickly",
        PackageCheck.Pages => "All pages that the code opens exist",
        PackageCheck.DisallowedApis => "The code runs no text as code (eval) and stays in its frame",
        PackageCheck.Secrets => "No keys or passwords lie in the code",
        _ => check.ToString(),
    };
}
