using Elsa.Workflows;
using Elsa.Workflows.Models;

namespace ReleaseWorkflows.Runtime.Tests.Definitions;

/// <summary>What editors are told about the built-in activities: what they show, in which order, with which editor, and which exits they draw.</summary>
public sealed class BuiltInDescriptorTests : IDisposable
{
    private readonly EngineHost _host = new();

    public void Dispose() => _host.Dispose();

    [Theory]
    [InlineData("Elsa.If", "Branching", "Condition:singleline", "Then Else")]
    [InlineData("Elsa.While", "Looping", "Condition:singleline", "Body")]
    [InlineData("Elsa.ForEach", "Looping", "Items:dropdown", "Body")]
    [InlineData("Elsa.FlowDecision", "Branching", "Condition:singleline", "True False")]
    [InlineData("Elsa.FlowSwitch", "Branching", "Cases:flow-switch-editor Mode:dropdown", "Default")]
    [InlineData("Elsa.FlowFork", "Branching", "Branches:dynamic-outcomes", "")]
    [InlineData("Elsa.FlowJoin", "Branching", "Mode:dropdown", "")]
    [InlineData("Elsa.Switch", "Branching", "Cases:switch-editor Mode:dropdown", "Default")]
    [InlineData("Elsa.WriteLine", "Console", "Text:singleline", "")]
    [InlineData("Elsa.SetVariable", "Primitives", "Variable:variable-picker Value:singleline", "")]
    [InlineData("Elsa.SetOutput", "Composition", "OutputName:output-picker OutputValue:singleline", "")]
    [InlineData("Elsa.Event", "Primitives", "EventName:singleline", "")]
    [InlineData("Elsa.RunJavaScript", "Scripting", "Script:code-editor PossibleOutcomes:dynamic-outcomes", "")]
    [InlineData("Elsa.DispatchWorkflow", "Composition", "WorkflowDefinitionId:workflow-definition-picker CorrelationId:singleline Input:dropdown WaitForCompletion:checkbox StartNewTrace:checkbox ChannelName:dropdown", "")]
    [InlineData("Elsa.End", "Flow", "", "")]
    public void An_editor_is_told_inputs_in_their_order_and_the_exits_that_have_names(string type, string category, string inputs, string ports)
    {
        var descriptor = Find(type);

        Assert.Equal(category, descriptor.Category);
        Assert.Equal(inputs, string.Join(' ', descriptor.Inputs.Where(input => input.IsBrowsable != false).Select(input => $"{input.Name}:{input.UIHint}")));
        Assert.Equal(ports, string.Join(' ', descriptor.Ports.Select(port => port.Name)));
    }

    [Theory]
    [InlineData("Elsa.Delay", "TimeSpan", "00:01:00")]
    [InlineData("Elsa.Timer", "Interval", "00:01:00")]
    [InlineData("Elsa.FlowJoin", "Mode", "WaitAny")]
    public void A_new_activity_begins_with_a_default(string type, string input, string value) =>
        Assert.Equal(value, Find(type).Inputs.Single(candidate => candidate.Name == input).DefaultValue);

    [Fact]
    public void The_script_is_edited_as_JavaScript()
    {
        var script = Find("Elsa.RunJavaScript").Inputs.First();

        Assert.Equal("JavaScript", script.DefaultSyntax);
        Assert.Equal("javascript", ((IDictionary<string, object>)script.UISpecifications!["code-editor"])["language"]);
    }

    [Theory]
    [InlineData("Elsa.Workflow")]
    [InlineData("Elsa.Flowchart")]
    public void What_editors_make_by_themselves_is_not_in_the_palette(string type) => Assert.False(Find(type).IsBrowsable);

    private ActivityDescriptor Find(string type) => _host.Get<IActivityRegistry>().Find(type)!;
}
