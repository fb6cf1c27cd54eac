using System.Text;

namespace ReleaseWorkflows.Server.Portal.Components;

/// <summary>Addresses of pages with what they are asked.</summary>
internal static class Addresses
{
    /// <summary>The page with a query; what is null or blank is left out.</summary>
    public static string With(string page, params ReadOnlySpan<(string Name, string? Value)> query)
    {
        var address = new StringBuilder(page);
        foreach (var (name, value) in query)
        {
            if (!string.IsNullOrWhiteSpace(value))
            {
                address.Append(address.Length == page.Length ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
            }
        }

        return address.ToString();
    }
}
