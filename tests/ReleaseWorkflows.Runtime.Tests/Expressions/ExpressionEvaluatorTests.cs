using System.Dynamic;
using System.Text.Json;
using Elsa.Expressions.Models;
using Elsa.Workflows.Memory;
using Elsa.Workflows.Models;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ReleaseWorkflows.Runtime.Expressions;
using ReleaseWorkflows.Runtime.Expressions.JavaScript;

namespace ReleaseWorkflows.Runtime.Tests.Expressions;

public sealed class ExpressionEvaluatorTests
{
    private readonly ExpressionScene _scene = new(
        new Variable<int>("Count", 5, "v-count"),
        new Variable<List<string>>("Names", ["ada", "bob"], "v-names"));

    [Fact]
    public async Task A_literal_is_converted_to_the_type_of_the_input()
    {
        Assert.Equal(42, await _scene.Evaluate<int>("Literal", "42"));
        Assert.Equal(["x"], (await _scene.Evaluate<ICollection<string>>("Literal", "x"))!);
        Assert.Equal(1, (await _scene.Evaluate<Dictionary<string, int>>("Literal", "{\"a\":1}"))!["a"]);
        Assert.Null(await _scene.Evaluate<string>("Literal", null));
    }

    [Theory]
    [InlineData("Object")]
    [InlineData("Json")]
    [InlineData("object")]
    public async Task An_object_is_read_from_JSON_text(string type)
    {
        Assert.Equal([1, 2], (await _scene.Evaluate<List<int>>(type, "[1, 2]"))!);
        IDictionary<string, object?> value = Assert.IsType<ExpandoObject>(await _scene.Evaluate<object>(type, "{ \"a\": { \"b\": [true] } }"));
        Assert.Equal(new object[] { true }, ((IDictionary<string, object?>)value["a"]!)["b"]);
        Assert.Null(await _scene.Evaluate<int[]>(type, "  "));
    }

    [Fact]
    public async Task A_variable_is_found_by_its_id_however_the_definition_writes_it()
    {
        using var json = JsonDocument.Parse("""{ "id": "v-count", "name": "Renamed", "typeName": "Int32" }""");

        Assert.Equal(5, await _scene.Evaluate<int>("Variable", new Variable("Count", null, "v-count")));
        Assert.Equal(5, await _scene.Evaluate<int>("Variable", json.RootElement));
        Assert.Equal(5, await _scene.Evaluate<int>("Variable", json.RootElement.GetRawText()));
        Assert.Equal("5", await _scene.Evaluate<string>("Variable", """{ "name": "Count" }"""));
        Assert.Equal(5, await _scene.Evaluate<int>("Variable", "Count"));
    }

    [Fact]
    public async Task A_variable_that_is_not_in_scope_is_named()
    {
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(async () => await _scene.Evaluate<int>("Variable", """{ "id": "v-9", "name": "Lost" }"""));

        Assert.Equal("There is no variable 'Lost' here.", exception.Message);
    }

    [Fact]
    public async Task An_input_is_found_by_its_name()
    {
        Assert.Equal("a-1", await _scene.Evaluate<string>("Input", new InputDefinition { Name = "OrderId" }));
        Assert.Equal("a-1", await _scene.Evaluate<string>("Input", """{ "name": "OrderId", "type": "String" }"""));
        Assert.Null(await _scene.Evaluate<string>("Input", """{ "name": "Nothing" }"""));
    }

    [Fact]
    public async Task Code_is_run_with_the_context()
    {
        var expression = Expression.DelegateExpression(context => context.Get<int>(new Variable("Count", null, "v-count")) + 1);

        Assert.Equal(6, await _scene.Evaluate<int>(expression.Type, expression.Value));
    }

    [Fact]
    public async Task A_value_that_cannot_be_converted_is_an_error_that_names_it() =>
        Assert.Equal(
            "The text \"many\" cannot be converted to Int32.",
            (await Assert.ThrowsAsync<ValueConversionException>(async () => await _scene.Evaluate<int>("Literal", "many"))).Message);

    [Fact]
    public async Task An_unknown_syntax_is_refused_with_those_that_are_known() =>
        Assert.Equal(
            "Expressions of the type 'Python' are not supported; known are Delegate, Input, JavaScript, Json, Liquid, Literal, Object, Variable.",
            (await Assert.ThrowsAsync<NotSupportedException>(async () => await _scene.Evaluate<int>("Python", "x"))).Message);

    [Fact]
    public async Task A_host_can_add_a_syntax()
    {
        using var services = new ServiceCollection().AddSingleton<IExpressionHandler>(new Shout()).AddWorkflowExpressions().AddWorkflowExpressions()
            .BuildServiceProvider();
        var evaluator = services.GetRequiredService<Elsa.Expressions.Contracts.IExpressionEvaluator>();

        Assert.Equal("HELLO", await evaluator.EvaluateAsync<string>(new Expression("Shout", "hello"), _scene.Context));
        Assert.Equal(9, services.GetServices<IExpressionHandler>().Count());
    }

    [Fact]
    public void Bounds_that_make_no_sense_are_refused_with_every_complaint()
    {
        using var services = new ServiceCollection().AddWorkflowExpressions(options =>
        {
            options.MaxStatements = 0;
            options.TimeLimit = TimeSpan.FromHours(1);
        }).BuildServiceProvider();

        var exception = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IOptions<JavaScriptOptions>>().Value);

        Assert.Equal(
            [
                "JavaScriptOptions: The field MaxStatements must be between 1 and 100000000.",
                "JavaScriptOptions: The field TimeLimit must be between 00:00:00.0010000 and 00:05:00.",
            ],
            exception.Failures.Order(StringComparer.Ordinal));
    }

    private sealed class Shout : IExpressionHandler
    {
        public string Type => "Shout";

        public ValueTask<object?> EvaluateAsync(
            Expression expression, Type returnType, ExpressionExecutionContext context, ExpressionEvaluatorOptions options) =>
            ValueTask.FromResult<object?>(expression.Value!.ToString()!.ToUpperInvariant());
    }
}
