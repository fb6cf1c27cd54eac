using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using ReleaseWorkflows.Domain.Identifiers;

namespace ReleaseWorkflows.Server.Hosting;

/// <summary><c>/openapi/v1.json</c>: the API described for programs, with both ways to sign in.</summary>
internal static class OpenApi
{
    /// <summary>Registers the description.</summary>
    public static IServiceCollection AddOpenApiDescription(this IServiceCollection services) => services.AddOpenApi("v1", options =>
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo { Title = "ReleaseWorkflows", Version = "v1", Description = "Releases of mini programs to super apps." };
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
            {
                ["ApiKey"] = new OpenApiSecurityScheme
                {
                    Type = SecuritySchemeType.ApiKey,
                    In = ParameterLocation.Header,
                    Name = "Authorization",
                    Description = "ApiKey <key>, with a key from POST /api/api-keys.",
                },
                ["Bearer"] = new OpenApiSecurityScheme
                {
                    Type = SecuritySchemeType.Http,
                    Scheme = "bearer",
                    Description = "A token from POST /api/sign-in.",
                },
            };
            document.Security =
            [
                new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("ApiKey", document)] = [] },
                new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("Bearer", document)] = [] },
            ];
            return Task.CompletedTask;
        });
        options.AddSchemaTransformer(DescribeIdentifierAsync);
    });

    /// <summary>Describes a part of the query that an endpoint reads by itself, to refuse what it cannot read in its own words.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="name">The part of the query; it may be left out.</param>
    /// <param name="type">What it is.</param>
    /// <param name="description">What it does, in a sentence.</param>
    public static RouteHandlerBuilder DescribeQuery(this RouteHandlerBuilder endpoint, string name, JsonSchemaType type, string description) =>
        endpoint.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            operation.Parameters ??= [];
            operation.Parameters.Add(new OpenApiParameter
            {
                Name = name,
                In = ParameterLocation.Query,
                Description = description,
                Schema = new OpenApiSchema { Type = type },
            });
            return Task.CompletedTask;
        });

    // Identifiers are types of their own inside and plain strings outside, which their converter does not tell.
    private static Task DescribeIdentifierAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var type = Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type;
        if (Array.Exists(type.GetInterfaces(), candidate => candidate.IsGenericType && candidate.GetGenericTypeDefinition() == typeof(IStringId<>)))
        {
            schema.Type = JsonSchemaType.String;
            schema.Properties = null;
        }

        return Task.CompletedTask;
    }
}
