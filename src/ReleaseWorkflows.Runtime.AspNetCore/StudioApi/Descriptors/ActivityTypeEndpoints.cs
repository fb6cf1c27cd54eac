using System.Text.Json;
using Elsa.Workflows;
using ReleaseWorkflows.Runtime.Definitions.Versions;
using ReleaseWorkflows.Runtime.Expressions;

namespace ReleaseWorkflows.Runtime.AspNetCore.StudioApi.Descriptors;

/// <summary>Activity types: what an editor's palette offers, and what it needs to show definitions.</summary>
internal static class ActivityTypeEndpoints
{
    /// <summary>All types, each version once.</summary>
    public static async Task<StudioAnswer> ListAsync(StudioRequest request)
    {
        await PrepareAsync(request);
        var view = View(request);
        var models = new List<ActivityTypeModel>();
        foreach (var descriptor in request.Service<IActivityRegistry>().ListAll().OrderBy(static type => type.TypeName, StringComparer.Ordinal).ThenBy(static type => type.Version))
            models.Add(await view.ShowAsync(descriptor, request.Cancelled));

        if (models.TrueForAll(static model => model.TypeName != DefinitionText.NotFoundType))
            models.Add(ActivityTypeView.NotFound);
        return StudioAnswer.Json(new StudioList<ActivityTypeModel>(models));
    }

    /// <summary>One type; its newest version unless another is asked for.</summary>
    public static async Task<StudioAnswer> FindAsync(StudioRequest request)
    {
        var version = request.QueryNumber("version");
        if (request.Refusal is { } refusal)
            return refusal;

        await PrepareAsync(request);
        var registry = request.Service<IActivityRegistry>();
        var type = request.Route("type");
        var descriptor = version is { } number ? registry.Find(type, number) : registry.Find(type);
        return descriptor is null ? StudioAnswer.NotFound : StudioAnswer.Json(await View(request).ShowAsync(descriptor, request.Cancelled));
    }

    /// <summary>The choices of an input, asked for again after other inputs of the activity have changed.</summary>
    public static async Task<StudioAnswer> ListOptionsAsync(StudioRequest request)
    {
        var context = (await request.ReadBodyAsync()).Member("context");
        var version = request.QueryNumber("version");
        if (request.Refusal is { } refusal)
            return refusal;

        await PrepareAsync(request);
        var registry = request.Service<IActivityRegistry>();
        var descriptor = version is { } number ? registry.Find(request.Route("type"), number) : registry.Find(request.Route("type"));
        var input = descriptor?.Inputs.FirstOrDefault(input => input.Name.Equals(request.Route("input"), StringComparison.OrdinalIgnoreCase));
        if (input is null)
            return StudioAnswer.NotFound;

        object? given = context.ValueKind == JsonValueKind.Undefined ? null : context;
        return StudioAnswer.Json(new { Items = await View(request).SpecifyAsync(input, given, request.Cancelled) });
    }

    private static ActivityTypeView View(StudioRequest request) => new(request.Service<TypeAliases>(), request.Context.RequestServices);

    // Published workflows are types too; the engine has read them once somebody has looked for one.
    private static ValueTask PrepareAsync(StudioRequest request) => request.Service<IDefinitionVersions>().PrepareTypesAsync(request.Cancelled);
}
