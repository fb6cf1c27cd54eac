namespace Elsa.Workflows;

/// <summary>Computes what bookmarks, triggers and stimuli are matched by.</summary>
public interface IStimulusHasher
{
    /// <summary>
    /// The hash: upper-case hexadecimal SHA-256 over name, stimulus as JSON and activity instance, joined with <c>|</c>, absent parts left out.
    /// </summary>
    /// <param name="stimulusName">Kind of stimulus, usually the type name of an activity.</param>
    /// <param name="payload">The stimulus: a string, or an object whose properties count unless marked <c>[ExcludeFromHash]</c>.</param>
    /// <param name="activityInstanceId">Given when only one execution of the activity may match.</param>
    string Hash(string stimulusName, object? payload = null, string? activityInstanceId = null);
}

/// <summary>Makes ids.</summary>
public interface IIdentityGenerator
{
    /// <summary>A new id: 16 lower-case hexadecimal digits from a cryptographic source.</summary>
    string GenerateId();
}
