namespace Elsa.Workflows
{
    /// <summary>Says where the value of a variable is kept between bursts.</summary>
    /// <remarks>A marker here: the engine keeps values in the instance's state, or nowhere (<see cref="MemoryStorageDriver"/>).</remarks>
    public interface IStorageDriver;

    /// <summary>Keeps the value in the state of the instance. This is also what a variable without a driver gets.</summary>
    public sealed class WorkflowInstanceStorageDriver : IStorageDriver;

    /// <summary>Does not keep the value: after a suspension the variable has its default again.</summary>
    public sealed class MemoryStorageDriver : IStorageDriver;
}

namespace Elsa.Workflows.Services
{
    /// <summary>Old name of <see cref="WorkflowInstanceStorageDriver"/>.</summary>
    public sealed class WorkflowStorageDriver : IStorageDriver;
}
