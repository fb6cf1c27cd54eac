using System.Globalization;
using Microsoft.Net.Http.Headers;
using ReleaseWorkflows.Server.Api.Problems;

namespace ReleaseWorkflows.Server.Api.Requests;

/// <summary>The revision of a thing as its <c>ETag</c>, and commands that want it unchanged (<c>If-Match</c>).</summary>
internal static class EntityTags
{
    /// <summary>The tag of a revision, for example <c>"7"</c> with its quotation marks.</summary>
    public static string Of(int revision) => string.Create(CultureInfo.InvariantCulture, $"\"{revision}\"");

    /// <summary>Why the command must not be carried out: 412, since the thing has moved on. Null if it may, or if the request sets no condition.</summary>
    public static Problem? Stale(HttpContext context, int revision)
    {
        var conditions = context.Request.GetTypedHeaders().IfMatch;
        if (context.Request.Headers.IfMatch.Count == 0)
        {
            return null;
        }

        // A tag that cannot be read matches nothing, which is the safe reading.
        var current = new EntityTagHeaderValue(Of(revision));
        return conditions.Any(condition => condition.Equals(EntityTagHeaderValue.Any) || condition.Compare(current, useStrongComparison: true))
            ? null
            : new Problem(StatusCodes.Status412PreconditionFailed, "stale", $"This has changed since you read it; it is at revision {revision}. Read it again and decide anew.")
                .With("revision", revision);
    }
}
