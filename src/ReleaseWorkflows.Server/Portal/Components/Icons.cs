using System.Collections.Concurrent;
using System.Xml.Linq;
using Microsoft.AspNetCore.Components;
using ReleaseWorkflows.Server.FrontEnd;

namespace ReleaseWorkflows.Server.Portal.Components;

/// <summary>
/// Bootstrap's icons by name (https://icons.getbootstrap.com), drawn into the page: they take the colour of the text, and no request is made for them.
/// </summary>
internal sealed class Icons(FrontEndFolder folder)
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    private readonly Lazy<Dictionary<string, XElement>> _symbols = new(() => XDocument
        .Load(Path.Combine(folder.Packages, "bootstrap-icons", "bootstrap-icons.svg"))
        .Descendants(Svg + "symbol")
        .ToDictionary(symbol => symbol.Attribute("id")!.Value));

    private readonly ConcurrentDictionary<string, MarkupString> _icons = new();

    /// <summary>The icon as SVG. It says nothing to screen readers: the word beside it does.</summary>
    /// <exception cref="KeyNotFoundException">There is no icon of that name.</exception>
    public MarkupString Draw(string name) => _icons.GetOrAdd(name, key =>
    {
        var shapes = string.Concat(_symbols.Value[key].Elements().Select(shape =>
        {
            var plain = new XElement(shape.Name.LocalName, shape.Attributes().Where(attribute => !attribute.IsNamespaceDeclaration));
            return plain.ToString(SaveOptions.DisableFormatting);
        }));
        return new MarkupString($"<svg class=\"icon-drawn\" viewBox=\"0 0 16 16\" width=\"16\" height=\"16\" fill=\"currentColor\" aria-hidden=\"true\" focusable=\"false\">{shapes}</svg>");
    });
}
