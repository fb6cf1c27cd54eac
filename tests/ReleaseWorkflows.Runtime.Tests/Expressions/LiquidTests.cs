using Elsa.Expressions.Models;
using Elsa.Workflows.Memory;
using ReleaseWorkflows.Runtime.Expressions.Liquid;

namespace ReleaseWorkflows.Runtime.Tests.Expressions;

/// <summary>Texts with places that are filled.</summary>
public sealed class LiquidTests
{
    private readonly ExpressionScene _scene = new(
        new Variable<int>("Counter", 5),
        new Variable<string>("Name", "ada"),
        new Variable<object>("Order", new Dictionary<string, object?> { ["Lines"] = new object?[] { "tea", "milk" }, ["paid"] = false }));

    [Theory]
    [InlineData("no places", "no places")]
    [InlineData("{{ Variables.Counter }}", "5")]
    [InlineData("{{ Variables['Counter'] }}", "5")]
    [InlineData("{{ Input.OrderId }}/{{ Input.Amount }}", "a-1/12.5")]
    [InlineData("{{ CorrelationId }} {{ WorkflowInstanceId }} {{ WorkflowDefinitionId }} {{ WorkflowDefinitionVersion }}", "release-7 instance-1 orders 3")]
    [InlineData("{{ Variables.Order.lines[1] }} {{ Variables.Order.Lines.size }} {{ Variables.Order.Lines.first }}", "milk 2 tea")]
    [InlineData("[{{ Variables.Nobody.name }}{{ nothing }}]", "[]")]
    [InlineData("{{ Variables.Name | capitalize | append: '!' }}", "Ada!")]
    [InlineData("{{ 'a,b' | split: ',' | join: '+' }} {{ 7 | divided_by: 2 }} {{ 7.5 | divided_by: 2 }} {{ Variables.Counter | plus: 2 | times: 3 }}", "a+b 3 3.75 21")]
    [InlineData("{{ nothing | default: 'none' }} {{ 'aXbX' | replace: 'X', '--' }} {{ 'abcdef' | truncate: 5 }}", "none a--b-- ab...")]
    [InlineData("{% if Variables.Counter > 3 and Variables.Name == 'ada' %}big{% elsif Variables.Counter > 1 %}small{% else %}none{% endif %}", "big")]
    [InlineData("{% if Variables.Counter < 3 or Variables.Name contains 'x' %}a{% else %}b{% endif %}", "b")]
    [InlineData("{% unless Variables.Order.paid %}open{% endunless %}", "open")]
    [InlineData("{% for line in Variables.Order.Lines %}{{ forloop.index }}:{{ line }}{% unless forloop.last %}, {% endunless %}{% endfor %}", "1:tea, 2:milk")]
    [InlineData("{% for line in nothing %}x{% else %}empty{% endfor %}", "empty")]
    [InlineData("{% assign total = Variables.Counter | times: 2 %}{{ total }}", "10")]
    [InlineData("a {%- comment %} {{ broken {% endcomment -%} b{% raw %}{{ x }}{% endraw %}", "ab{{ x }}")]
    public async Task A_template_becomes_text(string template, string expected) => Assert.Equal(expected, await _scene.Evaluate<string>("Liquid", template));

    [Theory]
    [InlineData("a\n{{ Variables.x", "Line 2: '}}' is missing.")]
    [InlineData("{% if x %}", "Line 1: 'endif' is missing.")]
    [InlineData("{% jump x %}", "Line 1: The tag 'jump' is not known here. There are if, unless, for, assign, comment and raw.")]
    [InlineData("{{ x | nofilter }}", "Line 1: The filter 'nofilter' is not known here.")]
    [InlineData("{{ x y }}", "Line 1: 'y ' is not understood.")]
    [InlineData("{{ 'x }}", "Line 1: A text does not end.")]
    public void What_cannot_be_read_is_found_before_it_runs(string template, string expected) =>
        Assert.StartsWith(expected, new LiquidExpressionHandler().FindError(new Expression("Liquid", template)), StringComparison.Ordinal);

    [Theory]
    [InlineData("{% assign x = 'aaaaaaaaaa' %}{% assign x = x | replace: 'a', x %}{% assign x = x | replace: 'a', x %}{% assign x = x | replace: 'a', x %}{% assign x = x | replace: 'a', x %}{{ x }}")]
    [InlineData("{% assign l = 'a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a' | split: ',' %}{% for a in l %}{% for b in l %}{% for c in l %}{% for d in l %}{% endfor %}{% endfor %}{% endfor %}{% endfor %}")]
    public async Task A_template_ends_at_its_bounds(string template) =>
        await Assert.ThrowsAsync<LiquidException>(async () => await _scene.Evaluate<string>("Liquid", template));

    [Fact]
    public void A_template_cannot_be_nested_without_end()
    {
        Assert.NotNull(new LiquidExpressionHandler().FindError(new Expression("Liquid", "{{ " + string.Concat(Enumerable.Repeat("a[", 10_000)))));
        Assert.NotNull(new LiquidExpressionHandler().FindError(new Expression("Liquid", "{% if " + string.Concat(Enumerable.Repeat("a or ", 5_000)) + "a %}{% endif %}")));
        Assert.NotNull(new LiquidExpressionHandler().FindError(new Expression("Liquid", string.Concat(Enumerable.Repeat("{% if a %}", 3_000)))));
    }
}
