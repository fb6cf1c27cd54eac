namespace Elsa.Workflows;

/// <summary>A signal on its way from the execution that sent it up through the ones around it.</summary>
public class SignalContext
{
    /// <summary>Creates the context for one receiver.</summary>
    public SignalContext(
        ActivityExecutionContext receiverActivityExecutionContext,
        ActivityExecutionContext senderActivityExecutionContext,
        CancellationToken cancellationToken)
    {
        ReceiverActivityExecutionContext = receiverActivityExecutionContext;
        SenderActivityExecutionContext = senderActivityExecutionContext;
        CancellationToken = cancellationToken;
    }

    /// <summary>Execution that receives the signal now.</summary>
    public ActivityExecutionContext ReceiverActivityExecutionContext { get; set; }

    /// <summary>Execution that sent it.</summary>
    public ActivityExecutionContext SenderActivityExecutionContext { get; set; }

    /// <summary>True if the receiver is the sender.</summary>
    public bool IsSelf => ReferenceEquals(ReceiverActivityExecutionContext, SenderActivityExecutionContext);

    /// <summary>Ends the burst.</summary>
    public CancellationToken CancellationToken { get; set; }

    /// <summary>True once a receiver has stopped the signal.</summary>
    internal bool IsStopped { get; private set; }

    /// <summary>Keeps the signal from travelling on.</summary>
    public void StopPropagation() => IsStopped = true;
}
