using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using ReleaseWorkflows.Server.Portal;

namespace ReleaseWorkflows.Server.Tests.Access;

/// <summary>
/// Every address of the server with everybody who might ask, each cell by HTTP against a running server. An endpoint without a row fails: whoever adds one says
/// here who may use it. The failure prints the row as the server has it; take it over only if it is what it should be.
/// </summary>
public sealed class MatrixTests
{
    [Fact]
    public async Task Everybody_gets_in_where_the_matrix_says_and_nowhere_else()
    {
        await using var scene = await MatrixScene.CreateAsync();
        var rows = Matrix.Rows;
        var endpoints = EndpointsOf(scene.Server.Services.GetRequiredService<EndpointDataSource>()).ToList();
        var wrong = new List<string>();

        foreach (var (method, pattern) in Ordered(endpoints, rows))
        {
            var expected = rows.GetValueOrDefault($"{method} {pattern}");
            var actual = await scene.AskAsync(method, pattern, unique => Matrix.BodyOf($"{method} {pattern}", unique));
            if (actual != expected)
            {
                wrong.Add($"        [\"{method} {pattern}\"] = \"{actual}\",{(expected is null ? " // no row" : $" // the matrix says {expected}")}");
            }
        }

        var gone = rows.Keys.Except(endpoints.Select(endpoint => $"{endpoint.Method} {endpoint.Pattern}")).ToList();
        Assert.True(wrong.Count == 0, $"As {string.Join(", ", scene.Principals)}:\n{string.Join('\n', wrong)}");
        Assert.True(gone.Count == 0, $"These rows have no endpoint any more: {string.Join(", ", gone)}.");
    }

    // In the order of the rows, so that what one leaves behind is the same every time.
    private static IEnumerable<(string Method, string Pattern)> Ordered(List<(string Method, string Pattern)> endpoints, IReadOnlyDictionary<string, string> rows)
    {
        var order = rows.Keys.Select((key, index) => (key, index)).ToDictionary(pair => pair.key, pair => pair.index);
        return endpoints.OrderBy(endpoint => order.GetValueOrDefault($"{endpoint.Method} {endpoint.Pattern}", int.MaxValue));
    }

    private static IEnumerable<(string Method, string Pattern)> EndpointsOf(EndpointDataSource source) => source.Endpoints.OfType<RouteEndpoint>()
        .SelectMany(endpoint =>
        {
            var pattern = "/" + endpoint.RoutePattern.RawText!.Trim('/');
            return PortalPages.IsPage(endpoint)
                ? [("PAGE", pattern)]
                : (endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"]).Select(method => (method, pattern));
        })
        .Distinct();
}
