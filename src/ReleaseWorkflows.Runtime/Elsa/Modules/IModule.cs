using Microsoft.Extensions.DependencyInjection;

namespace Elsa.Features.Services;

/// <summary>The host's registration of the engine, as <c>AddElsa</c> hands it out.</summary>
public interface IModule
{
    /// <summary>The services of the host.</summary>
    IServiceCollection Services { get; }

    /// <summary>Values that features share while the host is put together.</summary>
    IDictionary<object, object> Properties { get; }
}

/// <inheritdoc cref="IModule"/>
internal sealed class ElsaModule(IServiceCollection services) : IModule
{
    public IServiceCollection Services { get; } = services;

    public IDictionary<object, object> Properties { get; } = new Dictionary<object, object>();
}
