namespace ReleaseWorkflows.Runtime.Instances;

/// <summary>
/// The id of an execution as others see it: <c>instance-execution</c>. Executions are stored with their instance and are not found without it.
/// </summary>
public static class ExecutionAddress
{
    private const char Separator = '-';

    /// <summary>The address of an execution of an instance; null for null.</summary>
    public static string? Of(string instanceId, string? executionId) => executionId is null ? null : $"{instanceId}{Separator}{executionId}";

    /// <summary>The instance and the execution of an address. One without a separator is taken for the execution of an instance that is not named.</summary>
    public static (string? InstanceId, string ExecutionId) Read(string address)
    {
        var end = address.LastIndexOf(Separator);
        return end <= 0 ? (null, address) : (address[..end], address[(end + 1)..]);
    }
}
