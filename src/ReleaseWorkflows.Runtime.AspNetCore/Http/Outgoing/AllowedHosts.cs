namespace ReleaseWorkflows.Runtime.AspNetCore.Http.Outgoing;

/// <summary>The hosts that may have addresses which are not public.</summary>
internal sealed class AllowedHosts(IEnumerable<string> entries)
{
    private readonly string[] _entries = [.. entries.Select(static entry => entry.Trim())];

    public bool Contains(string host, int port)
    {
        foreach (var entry in _entries)
        {
            var (name, only) = Split(entry);
            if (only is not null && only != port)
                continue;
            if (name.StartsWith("*.", StringComparison.Ordinal)
                    ? host.EndsWith(name[1..], StringComparison.OrdinalIgnoreCase)
                    : host.Equals(name, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }

    public static bool IsWellFormed(string entry)
    {
        var (name, port) = Split(entry.Trim());
        return Uri.CheckHostName(name.StartsWith("*.", StringComparison.Ordinal) ? name[2..] : name) != UriHostNameType.Unknown && port is null or (> 0 and <= 65535);
    }

    // An IPv6 address has colons of its own; with a port it stands in brackets.
    private static (string Name, int? Port) Split(string entry)
    {
        if (entry.StartsWith('[') && entry.IndexOf(']', StringComparison.Ordinal) is var end and > 0)
            return (entry[1..end], end + 1 == entry.Length ? null : PortOf(entry[(end + 1)..]));

        var colon = entry.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 || entry.IndexOf(':', colon + 1) >= 0 ? (entry, null) : (entry[..colon], PortOf(entry[colon..]));
    }

    private static int PortOf(string text) =>
        int.TryParse(text.AsSpan(1), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var port) ? port : 0;
}
