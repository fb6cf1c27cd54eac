namespace Elsa.Workflows.Models;

/// <summary>Something an activity waits for.</summary>
public class Bookmark
{
    /// <summary>Creates an empty bookmark, to be filled by a reader.</summary>
    public Bookmark()
    {
    }

    /// <summary>Creates a bookmark.</summary>
    public Bookmark(
        string id,
        string name,
        string hash,
        object? payload,
        string activityId,
        string activityNodeId,
        string? activityInstanceId,
        DateTimeOffset createdAt,
        bool autoBurn = true,
        string? callbackMethodName = null,
        bool autoComplete = true,
        IDictionary<string, string>? metadata = null)
    {
        Id = id;
        Name = name;
        Hash = hash;
        Payload = payload;
        ActivityId = activityId;
        ActivityNodeId = activityNodeId;
        ActivityInstanceId = activityInstanceId;
        CreatedAt = createdAt;
        AutoBurn = autoBurn;
        CallbackMethodName = callbackMethodName;
        AutoComplete = autoComplete;
        Metadata = metadata;
    }

    /// <summary>Unique id.</summary>
    public string Id { get; set; } = null!;

    /// <summary>Kind of stimulus: by default the type name of the activity.</summary>
    public string Name { get; set; } = null!;

    /// <summary>What a stimulus is matched against.</summary>
    public string Hash { get; set; } = null!;

    /// <summary>The stimulus that is waited for.</summary>
    public object? Payload { get; set; }

    /// <summary>Id of the activity that waits.</summary>
    public string ActivityId { get; set; } = null!;

    /// <summary>Node id of the activity that waits.</summary>
    public string ActivityNodeId { get; set; } = null!;

    /// <summary>Execution of the activity that waits.</summary>
    public string? ActivityInstanceId { get; set; }

    /// <summary>When the waiting began.</summary>
    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>True if the bookmark ends when it is used. Default: true.</summary>
    public bool AutoBurn { get; set; } = true;

    /// <summary>Method of the activity class that runs on resume.</summary>
    public string? CallbackMethodName { get; set; }

    /// <summary>True if the activity completes on resume when there is no callback. Default: true.</summary>
    public bool AutoComplete { get; set; } = true;

    /// <summary>Free data.</summary>
    public IDictionary<string, string>? Metadata { get; set; }
}

/// <summary>What to wait for, and what to run then.</summary>
public class CreateBookmarkArgs
{
    /// <summary>Id of the bookmark. Default: a new one.</summary>
    public string? BookmarkId { get; set; }

    /// <summary>The stimulus; a record or a string. Null: any stimulus of this name.</summary>
    public object? Stimulus { get; set; }

    /// <summary>A method of the activity class, named directly: it is stored by its name, so neither a lambda nor a local function will do.</summary>
    public ExecuteActivityDelegate? Callback { get; set; }

    /// <summary>Kind of stimulus. Default: the type name of the activity.</summary>
    public string? BookmarkName { get; set; }

    /// <summary>True if the bookmark ends when it is used. Default: true.</summary>
    public bool AutoBurn { get; set; } = true;

    /// <summary>True if only a stimulus that names this execution matches. Default: false.</summary>
    public bool IncludeActivityInstanceId { get; set; }

    /// <summary>True if the activity completes on resume when there is no callback. Default: true.</summary>
    public bool AutoComplete { get; set; } = true;

    /// <summary>Free data.</summary>
    public IDictionary<string, string>? Metadata { get; set; }
}

/// <summary>A stimulus with a name of its own, for triggers that index several kinds.</summary>
public record NamedTriggerPayload
{
    /// <summary>Creates the pair.</summary>
    public NamedTriggerPayload(string name, object payload)
    {
        Name = name;
        Payload = payload;
    }

    /// <summary>Name of the stimulus.</summary>
    public string Name { get; }

    /// <summary>The stimulus.</summary>
    public object Payload { get; }
}
