using System.Dynamic;
using System.Text.Json;
using Elsa.Expressions.Models;
using Elsa.Extensions;
using Elsa.Workflows.Memory;
using ReleaseWorkflows.Runtime.Expressions.JavaScript;

namespace ReleaseWorkflows.Runtime.Tests.Expressions.JavaScript;

public sealed class WorkflowGlobalsTests
{
    private readonly ExpressionScene _scene = new(
        new Variable<int>("Count", 5),
        new Variable<List<string>>("Names", ["ada", "bob"]),
        new Variable<Order>("Order", new Order { Id = "a-1", Total = 9.5m, Placed = new DateTimeOffset(2026, 1, 2, 0, 0, 0, TimeSpan.Zero) }),
        new Variable<object>("Document", Document()),
        new Variable("order line", "with a space"));

    [Theory]
    [InlineData("variables.Count + 1", 6d)]
    [InlineData("getVariable('Count') + 1", 6d)]
    [InlineData("getCount() + 1", 6d)]
    [InlineData("variables['Count'] + 1", 6d)]
    [InlineData("getVariable('order line')", "with a space")]
    [InlineData("getVariable('Nothing')", null)]
    [InlineData("typeof variables.Nothing", "undefined")]
    [InlineData("variables.Names.join('+')", "ada+bob")]
    [InlineData("variables.Names.length", 2d)]
    [InlineData("variables.Order.id + variables.Order.Id", "a-1a-1")]
    [InlineData("getOrder().total * 2", 19d)]
    [InlineData("variables.Order.placed.getUTCDate()", 2d)]
    [InlineData("variables.Order.lines[0].sku", "x")]
    [InlineData("JSON.stringify(variables.Order.lines)", "[{\"sku\":\"x\"}]")]
    [InlineData("Object.keys(variables.Order).join()", "id,total,placed,lines")]
    [InlineData("variables.Document.a.b[1]", 2d)]
    [InlineData("Object.keys(variables).length", 5d)]
    [InlineData("variables.Order.GetType", null)]
    [InlineData("getInput('OrderId')", "a-1")]
    [InlineData("getOrderId()", "a-1")]
    [InlineData("input.Amount", 12.5)]
    [InlineData("getInput('Nothing')", null)]
    [InlineData("getWorkflowDefinitionId() + getWorkflowDefinitionVersion() + getWorkflowDefinitionVersionId()", "orders3orders-v3")]
    [InlineData("getWorkflowInstanceId() + '/' + getWorkflowInstanceName() + '/' + getCorrelationId()", "instance-1/Order 7/release-7")]
    public async Task A_script_reads_its_workflow(string script, object? expected) =>
        Assert.Equal(expected, await _scene.JavaScript<object>(script));

    [Fact]
    public async Task Changed_variables_are_written_back_with_their_own_type()
    {
        await _scene.JavaScript<object>("variables.Count = variables.Count * 2; variables.Names.push('cleo'); variables.Document.a.b = 'new'");

        Assert.Equal(10, _scene.Context.GetVariableInScope("Count"));
        Assert.Equal(["ada", "bob", "cleo"], Assert.IsType<List<string>>(_scene.Context.GetVariableInScope("Names")));
        Assert.Equal("new", await _scene.JavaScript<string>("variables.Document.a.b"));
    }

    [Fact]
    public async Task Variables_that_were_only_read_stay_the_very_same_values()
    {
        var names = _scene.Context.GetVariableInScope("Names");
        var document = _scene.Context.GetVariableInScope("Document");
        var order = _scene.Context.GetVariableInScope("Order");

        await _scene.JavaScript<object>("variables.Names.length + variables.Document.a.b.length + variables.Order.total");

        Assert.Same(names, _scene.Context.GetVariableInScope("Names"));
        Assert.Same(document, _scene.Context.GetVariableInScope("Document"));
        Assert.Same(order, _scene.Context.GetVariableInScope("Order"));
    }

    [Fact]
    public async Task A_variable_set_to_nothing_through_the_object_keeps_its_value()
    {
        await _scene.JavaScript<object>("variables.Count = null; variables.Names = undefined;");

        Assert.Equal(5, _scene.Context.GetVariableInScope("Count"));
        Assert.NotNull(_scene.Context.GetVariableInScope("Names"));
    }

    [Fact]
    public async Task Functions_set_variables_at_once()
    {
        Assert.Equal(7d, await _scene.JavaScript<object>("setVariable('Count', 7); getVariable('Count')"));
        Assert.Equal(8d, await _scene.JavaScript<object>("setCount(8); getCount()"));
        await _scene.JavaScript<object>("setVariable('Fresh', { a: [1] }); variables.Other = 'x';");

        Assert.Equal(1d, await _scene.JavaScript<object>("variables.Fresh.a[0]"));
        Assert.Equal("x", await _scene.JavaScript<object>("getOther()"));
    }

    [Fact]
    public async Task An_object_from_a_variable_comes_out_as_itself()
    {
        var order = _scene.Context.GetVariableInScope("Order");

        Assert.Same(order, await _scene.JavaScript<Order>("return variables.Order;"));
        Assert.Equal("a-1", (await _scene.JavaScript<Order>("({ id: getOrder().id, total: 1 })"))!.Id);
    }

    [Fact]
    public async Task Properties_of_an_object_can_be_changed_but_not_to_what_does_not_fit()
    {
        await _scene.JavaScript<object>("variables.Order.total = 12");
        Assert.Equal(12m, ((Order)_scene.Context.GetVariableInScope("Order")!).Total);

        var unfit = await Assert.ThrowsAsync<ScriptException>(async () => await _scene.JavaScript<object>("variables.Order.total = 'much'"));
        var unknown = await Assert.ThrowsAsync<ScriptException>(async () => await _scene.JavaScript<object>("variables.Order.colour = 'red'"));

        Assert.Equal("Line 1, column 1: TypeError: The property 'Total' of Order: The text \"much\" cannot be converted to Decimal.", unfit.Message);
        Assert.Equal("Line 1, column 1: TypeError: Order has no property 'colour'.", unknown.Message);
    }

    [Fact]
    public async Task A_failed_script_changes_no_variable()
    {
        await Assert.ThrowsAsync<ScriptException>(async () => await _scene.JavaScript<object>("variables.Count = 99; throw new Error('no');"));

        Assert.Equal(5, _scene.Context.GetVariableInScope("Count"));
    }

    [Fact]
    public async Task Outputs_of_activities_are_read_by_name_or_id()
    {
        _scene.Workflow.Outputs.Set("check-1", "Result", "fine");

        Assert.Equal("fine", await _scene.JavaScript<string>("getOutputFrom('Check')"));
        Assert.Equal("fine", await _scene.JavaScript<string>("getOutputFrom('check-1', 'Result')"));
        Assert.Equal("fine", await _scene.JavaScript<string>("getResultFromCheck()"));
        Assert.Equal("fine", await _scene.JavaScript<string>("getLastResult()"));
        Assert.Equal("caught", await _scene.JavaScript<string>("try { getOutputFrom('Nobody') } catch (e) { 'caught' }"));
    }

    [Fact]
    public async Task Scripts_can_name_and_correlate_their_instance()
    {
        await _scene.JavaScript<object>("setWorkflowInstanceName('New'); setCorrelationId('c-2')");

        Assert.Equal("New", _scene.Workflow.Name);
        Assert.Equal("c-2", _scene.Workflow.CorrelationId);
    }

    [Fact]
    public async Task Arguments_of_the_caller_are_visible()
    {
        var options = new ExpressionEvaluatorOptions { Arguments = { ["Item"] = 3, ["Index"] = 1 } };

        Assert.Equal(7d, await _scene.JavaScript<object>("args.item + args.index + getItem()", options));
    }

    [Fact]
    public async Task While_triggers_are_indexed_variables_have_their_defaults_and_the_instance_is_missing()
    {
        _scene.WhileIndexing();

        Assert.Equal(5d, await _scene.JavaScript<object>("variables.Count"));
        var exception = await Assert.ThrowsAsync<ScriptException>(async () => await _scene.JavaScript<object>("getCorrelationId()"));
        Assert.Contains("There is no workflow instance here", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Results_are_converted_to_the_type_of_the_input()
    {
        Assert.Equal(6, await _scene.JavaScript<int>("variables.Count + 1"));
        Assert.True(await _scene.JavaScript<bool>("variables.Count > 1"));
        Assert.Equal(["a", "b"], (await _scene.JavaScript<ICollection<string>>("['a', 'b']"))!);
        Assert.Equal("{\"a\":1}", await _scene.JavaScript<string>("({ a: 1 })"));
        Assert.Equal(TimeSpan.FromMinutes(5), await _scene.JavaScript<TimeSpan>("'PT5M'"));
        Assert.Null(await _scene.JavaScript<string>("  "));
    }

    private static ExpandoObject Document()
    {
        using var json = JsonDocument.Parse("""{ "a": { "b": [1, 2] } }""");
        return (ExpandoObject)ReleaseWorkflows.Runtime.Expressions.JsonValues.ToClr(json.RootElement)!;
    }

    public sealed class Order
    {
        public string? Id { get; set; }

        public decimal Total { get; set; }

        public DateTimeOffset Placed { get; set; }

        public List<Line> Lines { get; } = [new Line("x")];
    }

    public sealed record Line(string Sku);
}
