using System.Globalization;

namespace ReleaseWorkflows.Server.Portal.Components;

/// <summary>Numbers of bytes as people say them.</summary>
internal static class Sizes
{
    /// <summary>For example <c>512 bytes</c>, <c>14.2 KB</c>, <c>3.1 MB</c>; thousands, as browsers and file managers count.</summary>
    public static string Of(long bytes) => bytes switch
    {
        1 => "1 byte",
        < 1_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes"),
        < 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1_000d:0.#} KB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1_000_000d:0.#} MB"),
    };
}
