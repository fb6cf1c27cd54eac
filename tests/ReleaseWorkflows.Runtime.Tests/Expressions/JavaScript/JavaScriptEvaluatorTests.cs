using System.Dynamic;
using System.Globalization;
using Microsoft.Extensions.Options;
using ReleaseWorkflows.Runtime.Expressions.JavaScript;

namespace ReleaseWorkflows.Runtime.Tests.Expressions.JavaScript;

public sealed class JavaScriptEvaluatorTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);

    [Theory]
    [InlineData("1 + 2", 3d)]
    [InlineData("'a' + 'b'", "ab")]
    [InlineData("var a = 2; a * 3", 6d)]
    [InlineData("var a = 2; return a * 3;", 6d)]
    [InlineData("if (true) { return 'early'; } return 'late';", "early")]
    [InlineData("return", null)]
    [InlineData("", null)]
    [InlineData("  // only a remark", null)]
    [InlineData("undefined", null)]
    [InlineData("null", null)]
    [InlineData("let a = 1; const b = 2; a + b", 3d)]
    [InlineData("function twice(x) { return 2 * x; } twice(4)", 8d)]
    [InlineData("[3, 1, 2].sort().join('-')", "1-2-3")]
    [InlineData("'a1b22'.replace(/[0-9]+/g, '#')", "a#b#")]
    [InlineData("/^v(\\d+)\\/x$/.exec('v12/x')[1]", "12")]
    [InlineData("'x-y'.match('-').index", 1d)]
    [InlineData("new RegExp('B', 'i').test('abc')", true)]
    [InlineData("/a/ instanceof RegExp", true)]
    [InlineData("new String('boxed')", "boxed")]
    [InlineData("JSON.stringify(JSON.parse('{\"a\":[1,{\"b\":null}]}'))", "{\"a\":[1,{\"b\":null}]}")]
    [InlineData("var o = { get twice() { return 4; } }; o.twice", 4d)]
    [InlineData("[1,2,3].map(function (x) { return x * 2; }).reduce(function (a, b) { return a + b; })", 12d)]
    [InlineData("outer: for (var i = 0; i < 3; i++) { for (;;) { continue outer; } } i", 3d)]
    [InlineData("var n = 0; do n++; while (n < 5); n", 5d)]
    [InlineData("var s = ''; for (var k in { a: 1, b: 2 }) s += k; s", "ab")]
    [InlineData("switch (2) { case 1: 'one'; break; case 2: 'two'; break; }", "two")]
    [InlineData("try { nothing.at.all } catch (e) { e.name }", "ReferenceError")]
    [InlineData("try { throw { code: 5 } } catch (e) { e.code }", 5d)]
    [InlineData("(function () { try { return 1; } finally { } })()", 1d)]
    [InlineData("isNullOrWhiteSpace('  ') && isNullOrEmpty(null) && !isNullOrEmpty('x')", true)]
    [InlineData("toJson({ a: [1, 'x', true, null] })", "{\"a\":[1,\"x\",true,null]}")]
    [InlineData("stringFromBase64(stringToBase64('ä'))", "ä")]
    [InlineData("bytesToString(bytesFromBase64(bytesToBase64(bytesFromString('ok'))))", "ok")]
    [InlineData("newGuid().length + newGuidString().length + newShortGuid().length", 94d)]
    [InlineData("parseGuid('{D3B07384-D9A0-4C9B-8F0E-1A2B3C4D5E6F}')", "d3b07384-d9a0-4c9b-8f0e-1a2b3c4d5e6f")]
    [InlineData("Guid.Empty", "00000000-0000-0000-0000-000000000000")]
    public void A_script_answers_with_its_last_value_or_what_it_returns(string script, object? expected) =>
        Assert.Equal(expected, Evaluate(script));

    [Fact]
    public void Objects_arrays_and_dates_come_out_as_CLR_values()
    {
        IDictionary<string, object?> result = Assert.IsType<ExpandoObject>(Evaluate("({ list: [1, 'a', [true]], at: new Date(Date.UTC(2026, 0, 2)), none: null })"));

        Assert.Equal(new object?[] { 1d, "a", new object?[] { true } }, result["list"]);
        Assert.Equal(new DateTime(2026, 1, 2, 0, 0, 0, DateTimeKind.Utc), result["at"]);
        Assert.Equal(DateTimeKind.Utc, ((DateTime)result["at"]!).Kind);
        Assert.Null(result["none"]);
    }

    [Theory]
    [InlineData("{ \"a\": 1, \"b\": 2 }")]
    [InlineData("{ a: 1, b: 2 }")]
    [InlineData("{ a: 1, b: 2 } // remark")]
    public void A_script_that_is_an_object_needs_no_parentheses(string script)
    {
        IDictionary<string, object?> result = Assert.IsType<ExpandoObject>(Evaluate(script));

        Assert.Equal(2d, result["b"]);
    }

    [Fact]
    public void Dates_and_durations_follow_the_clock_of_the_host()
    {
        Assert.Equal(Now.UtcDateTime, Evaluate("DateTime.UtcNow"));
        Assert.Equal(Now.UtcDateTime.AddDays(1).AddHours(-2), Evaluate("DateTimeOffset.Now.AddDays(1).AddHours(-2)"));
        Assert.Equal(TimeSpan.FromMinutes(5), Evaluate("TimeSpan.FromMinutes(5)"));
        Assert.Equal(300d, Evaluate("TimeSpan.FromMinutes(5).totalSeconds"));
        Assert.Equal("00:05:00", Evaluate("'' + TimeSpan.Parse('PT5M')"));
    }

    [Theory]
    [InlineData("a +", "Line 1, column 4: Unexpected end of input.")]
    [InlineData("var a = 1;\nvar b = ];", "Line 2, column 9: Unexpected token ].")]
    [InlineData("'use strict';\nreturn 010;", "Line 2, column 8: Octal literals are not supported; write 0o17.")]
    [InlineData("with (a) { b }", "Line 1, column 1: The with statement is not supported in expressions; name the object each time.")]
    public void What_cannot_be_parsed_is_named_with_its_position(string script, string message) =>
        Assert.Equal(message, Assert.Throws<ScriptException>(() => Evaluate(script)).Message);

    [Theory]
    [InlineData("var a = 1;\n  missing + a", "Line 2, column 3: ReferenceError: missing is not defined")]
    [InlineData("throw new Error('out of stock')", "Line 1, column 1: Error: out of stock")]
    [InlineData("throw 'plain'", "Line 1, column 1: The script threw plain.")]
    [InlineData("throw { code: 5 }", "Line 1, column 1: The script threw {\"code\":5}.")]
    [InlineData("function f() {\n  throw new TypeError('inside');\n}\nf()", "Line 2, column 3: TypeError: inside")]
    [InlineData("parseGuid('nonsense')", "Line 1, column 1: Error: ")]
    [InlineData("function f() { } f", "Line 1, column 18: The script answered with a function; call it to get its value.")]
    [InlineData("var a = []; a[0] = a; a", "Line 1, column 23: A value of the script contains itself or is nested more than 64 levels deep.")]
    public void What_fails_is_told_in_the_words_of_the_script_with_the_position(string script, string message) =>
        Assert.StartsWith(message, Assert.Throws<ScriptException>(() => Evaluate(script)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("while (true) { }", "executed more than 100,000 statements")]
    [InlineData("for (;;);", "executed more than 100,000 statements")]
    [InlineData("function f() { return f(); } f()", "More than 64 function calls inside each other")]
    [InlineData("function f() { return g(); } function g() { return f(); } f()", "More than 64 function calls inside each other")]
    [InlineData("var o = { get x() { return this.x; } }; o.x", "More than 64 function calls inside each other")]
    [InlineData("var o = { toString: function () { return '' + o; } }; '' + o", "More than 64 function calls inside each other")]
    [InlineData("var f = function () { return [1].map(f); }; f()", "More than 64 function calls inside each other")]
    [InlineData("var s = 'x'; while (true) { s = s + s; }", "bytes of memory")]
    [InlineData("var a = []; a[0] = a; '' + a", "the array contains itself")]
    [InlineData("new Array(4000000000).join('x')", "at most 1,000,000 are allowed")]
    [InlineData("var a = []; a.length = 4000000000; a.forEach(function () { })", "at most 1,000,000 are allowed")]
    [InlineData("var a = []; a.length = 4000000000; a['for' + 'Each'](function () { })", "at most 1,000,000 are allowed")]
    [InlineData("var a = {}; a.a = a; JSON.stringify(a)", "contains itself or is nested more than 64 levels deep")]
    [InlineData("var a = []; for (var i = 0; i < 5000; i++) a = [a]; toJson(a)", "contains itself or is nested more than 64 levels deep")]
    [InlineData("JSON.parse(new Array(5000).join('['))", "JSON nested more than 64 levels deep")]
    [InlineData("var f = function () { }; for (var i = 0; i < 5000; i++) f = f.bind(null); f()", "bind was called more than 64 times")]
    [InlineData("eval('1 + 1')", "eval is not available in expressions")]
    [InlineData("new Function('return 1')()", "Function is not available in expressions")]
    [InlineData("(function () { }).constructor('return 1')()", "Function is not available in expressions")]
    [InlineData("var k = 'con' + 'structor'; (function () { })[k]('return 1')()", "Function is not available in expressions")]
    [InlineData("System.IO.File.ReadAllText('/etc/passwd')", "System is not defined")]
    [InlineData("importNamespace('System')", "importNamespace is not defined")]
    public void A_script_that_leaves_its_bounds_ends_with_an_error_that_names_the_bound(string script, string bound) =>
        Assert.Contains(bound, Assert.Throws<ScriptException>(() => Evaluate(script)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("/(a+)+$/.test('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!')")]
    [InlineData("new RegExp('(a+)+$').test('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!')")]
    [InlineData("'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!'.match('(a+)+$')")]
    [InlineData("for (;;) { }")]
    public void A_script_ends_with_its_time_limit(string script)
    {
        var options = new JavaScriptOptions { TimeLimit = TimeSpan.FromMilliseconds(50), MaxStatements = 100_000_000 };

        var exception = Assert.Throws<ScriptException>(() => Evaluate(script, options));

        Assert.Contains("The script ran longer than 0.05 seconds.", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nesting_without_end_is_refused_when_it_is_read()
    {
        string[] monsters =
        [
            new string('(', 8_000) + "1" + new string(')', 8_000),
            string.Join('+', Enumerable.Repeat("1", 8_000)),
            new string('!', 8_000) + "1",
            string.Concat(Enumerable.Repeat("if(1)", 5_000)) + ";",
            string.Concat(Enumerable.Repeat("a=", 8_000)) + "1",
        ];

        foreach (var monster in monsters.Skip(1))
            Assert.Contains("nested too deeply here", Assert.Throws<ScriptException>(() => Evaluate(monster)).Message, StringComparison.Ordinal);
        Assert.Equal(1d, Evaluate(monsters[0]));
    }

    [Fact]
    public void Nesting_that_is_allowed_runs_even_inside_the_deepest_recursion()
    {
        var sum = string.Join('+', Enumerable.Repeat("1", 100));

        Assert.Equal(100d, Evaluate(sum));
        Assert.Equal(100d, Evaluate($"function f(n) {{ return n == 0 ? {sum} : f(n - 1); }} f(62)"));
    }

    [Fact]
    public void Deep_nesting_in_deep_recursion_ends_with_an_error_before_the_stack_does()
    {
        var nested = string.Concat(Enumerable.Repeat("g(", 60));
        var script = $"function g(x) {{ return x; }} function f(n) {{ return n == 0 ? 0 : {nested}f(n - 1){new string(')', 60)}; }} f(62)";
        object? outcome = null;
        var thread = new Thread(() => outcome = Record.Exception(() => Evaluate(script)), maxStackSize: 1024 * 1024);
        thread.Start();
        thread.Join();

        Assert.Contains("are nested too deeply", Assert.IsType<ScriptException>(outcome).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Errors_that_a_script_catches_do_not_count_as_recursion() =>
        Assert.Equal(500d, Evaluate("var n = 0; function f() { throw new Error('x'); } for (var i = 0; i < 500; i++) { try { f(); } catch (e) { n++; } } n"));

    [Fact]
    public void A_script_that_is_too_long_is_refused() =>
        Assert.Equal(
            "The script has 32,769 characters; at most 32,768 are allowed.",
            Assert.Throws<ScriptException>(() => Evaluate(new string(' ', 32_769))).Message);

    [Fact]
    public void Nothing_survives_from_one_evaluation_to_the_next()
    {
        var evaluator = Create();

        Assert.Equal(1d, evaluator.Evaluate("counter = 1; Array.prototype.extra = 5; var r = /x/g; r.test('xx'); r.lastIndex", null, default));
        Assert.Equal("undefined", evaluator.Evaluate("typeof counter", null, default));
        Assert.Equal("undefined", evaluator.Evaluate("typeof [].extra", null, default));
        Assert.Equal(1d, evaluator.Evaluate("counter = 1; Array.prototype.extra = 5; var r = /x/g; r.test('xx'); r.lastIndex", null, default));
    }

    [Fact]
    public async Task Many_evaluations_of_one_script_do_not_disturb_each_other()
    {
        var evaluator = Create();
        const string Script = "var s = ''; for (var i = 0; i < 50; i++) { s += 'ab'.replace(/b/g, function (m) { return m + i; }) + [i, 'x'].join(','); } s.length";
        var expected = evaluator.Evaluate(Script, null, default);

        var results = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(() => evaluator.Evaluate(Script, null, default))));

        Assert.All(results, result => Assert.Equal(expected, result));
    }

    [Fact]
    public void The_cache_of_parsed_scripts_is_bounded_and_keeps_what_is_in_use()
    {
        var parsed = 0;
        var cache = new ScriptCache(100, text =>
        {
            parsed++;
            return ScriptParser.Parse(text, 1000);
        });
        cache.Get("'favourite'");
        for (var index = 0; index < 1_000; index++)
        {
            cache.Get(index.ToString(CultureInfo.InvariantCulture));
            cache.Get("'favourite'");
            Assert.InRange(cache.Count, 1, 100);
        }

        Assert.Equal(1_001, parsed);
    }

    [Fact]
    public void A_script_that_cannot_be_parsed_gives_the_same_error_from_the_cache()
    {
        var evaluator = Create();

        var first = Assert.Throws<ScriptException>(() => evaluator.Evaluate("a +", null, default));
        var second = Assert.Throws<ScriptException>(() => evaluator.Evaluate("a +", null, default));

        Assert.Equal(first.Message, second.Message);
        Assert.Equal((1, 4), (second.Line, second.Column));
        Assert.Equal(1, evaluator.CachedScripts);
    }

    [Fact]
    public void Cancellation_ends_a_script_as_cancellation()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();

        Assert.Throws<OperationCanceledException>(() => Create().Evaluate("1", null, source.Token));
    }

    private static object? Evaluate(string script, JavaScriptOptions? options = null) => Create(options).Evaluate(script, null, default);

    private static JavaScriptEvaluator Create(JavaScriptOptions? options = null) => new(Options.Create(options ?? new JavaScriptOptions()), new FixedClock());

    private sealed class FixedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Now;
    }
}
