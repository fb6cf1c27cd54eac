using Microsoft.Extensions.Options;

namespace ReleaseWorkflows.Server.Packages;

/// <summary>Where packages are kept.</summary>
internal sealed class PackageFilesOptions
{
    /// <summary>The directory, as an absolute path. It is created if it is missing. No default: it lies in the data directory of the server.</summary>
    public string Directory { get; set; } = "";

    /// <summary>Age at which a file of an unfinished upload or build counts as abandoned. Default: one day. At least one hour.</summary>
    public TimeSpan AbandonedAfter { get; set; } = TimeSpan.FromDays(1);
}

/// <summary>Stops a start with options that cannot work, and says all that is wrong with them.</summary>
internal sealed class PackageFilesOptionsValidator : IValidateOptions<PackageFilesOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, PackageFilesOptions options)
    {
        var failures = new List<string>();
        if (!Path.IsPathFullyQualified(options.Directory))
        {
            failures.Add($"Packages: Directory must be an absolute path; it is \"{options.Directory}\".");
        }

        if (options.AbandonedAfter < TimeSpan.FromHours(1))
        {
            failures.Add($"Packages: AbandonedAfter must be at least one hour; it is {options.AbandonedAfter}.");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}

/// <summary>Registers the store of packages.</summary>
internal static class PackageFilesRegistration
{
    /// <summary>Adds <see cref="PackageFiles"/> and its cleanup. The options are checked when the server starts.</summary>
    /// <param name="services">The services of the server.</param>
    /// <param name="configure">Sets at least <see cref="PackageFilesOptions.Directory"/>.</param>
    public static IServiceCollection AddPackageFiles(
        this IServiceCollection services, Action<PackageFilesOptions, IServiceProvider> configure)
    {
        services.AddOptions<PackageFilesOptions>().Configure(configure).ValidateOnStart();
        services.AddSingleton<IValidateOptions<PackageFilesOptions>, PackageFilesOptionsValidator>();
        services.AddSingleton<PackageFiles>();
        services.AddHostedService<PackageFilesCleanup>();
        return services;
    }
}
