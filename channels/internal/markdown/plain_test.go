package markdown

import (
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"
)

// converted is what Markdown becomes on a platform that shows <a>.
var converted = []struct{ name, in, want string }{
	{"heading", "# 标题", "【标题】"},
	{"heading of the third level", "### Setup\ntext", "【Setup】\ntext"},
	{"heading that is closed", "## Title ##", "【Title】"},
	{"heading that ends with a sharp", "## C#", "【C#】"},
	{"heading in bold", "## **一、概述**", "【一、概述】"},
	{"heading that has brackets", "# 【公告】停机", "【公告】停机"},
	{"bold", "this is **bold** text", "this is bold text"},
	{"bold in Chinese", "这是**重点**内容", "这是重点内容"},
	{"bold with Chinese punctuation", "**注意：**请看", "注意：请看"},
	{"bold quotation", "这是**“引用”**内容", "这是“引用”内容"},
	{"bold behind a Latin word", "用Python**进行**分析", "用Python进行分析"},
	{"bold before a number", "支持**两**3种", "支持两3种"},
	{"bold with underscores", "this is __very bold__ text", "this is very bold text"},
	{"italic", "an *important* word", "an important word"},
	{"italic with underscores", "an _important_ word", "an important word"},
	{"bold and italic", "***both*** here", "both here"},
	{"bold in italic", "*a **b** c*", "a b c"},
	{"italic at the end of bold", "**a *b***", "a b"},
	{"italic at the beginning of bold", "***a* b**", "a b"},
	{"two in a line", "**名称**：甲，**价格**：乙", "名称：甲，价格：乙"},
	{"code", "run `go test` now", "run go test now"},
	{"code keeps its stars", "`a*b*c` and `**kw`", "a*b*c and **kw"},
	{"code with a backtick", "``a`b`` and `` `x` ``", "a`b and `x`"},
	{"fence", "看：\n```go\nfunc f() {\n\treturn *p // **not bold**\n}\n```\n完", "看：\nfunc f() {\n\treturn *p // **not bold**\n}\n完"},
	{"fence without an end", "```\n# no heading\n", "# no heading\n"},
	{"fence of tildes", "~~~\n- a\n~~~", "- a"},
	{"fence in a fence", "````\n```\nx\n```\n````", "```\nx\n```"},
	{"fence with words", "```python title=\"a.py\"\nx\n```", "python title=\"a.py\"\nx"},
	{"fence in one line", "```x = 1```", "x = 1"},
	{"fence in a list", "- a\n  ```\n  x\n  ```\n- b", "• a\n  x\n• b"},
	{"link", "see [docs](https://example.com/a_b)", `see <a href="https://example.com/a_b">docs</a>`},
	{"link in bold", "**[文档](https://example.com)**", `<a href="https://example.com">文档</a>`},
	{"bold in a link", "[**文档**](https://example.com)", `<a href="https://example.com">文档</a>`},
	{"link with a title", `[a](https://example.com "hint")`, `<a href="https://example.com">a</a>（hint）`},
	{"link in angle brackets", "[a](<https://example.com/x>)", `<a href="https://example.com/x">a</a>`},
	{"link with parentheses", "[a](https://example.com/b_(c))", `<a href="https://example.com/b_(c)">a</a>`},
	{"link of its own address", "[https://example.com](https://example.com)", "https://example.com"},
	{"link without words", "[](https://example.com)", "https://example.com"},
	{"link of the app", "[满意](weixin://bizmsgmenu?msgmenucontent=a&msgmenuid=1)", `<a href="weixin://bizmsgmenu?msgmenucontent=a&msgmenuid=1">满意</a>`},
	{"image", "![图](https://example.com/p.png)", `<a href="https://example.com/p.png">图</a>`},
	{"image without words", "![](https://example.com/p.png)", "https://example.com/p.png"},
	{"image in a link", "[![b](https://example.com/i)](https://example.com/u)", `<a href="https://example.com/i">b</a>: https://example.com/u`},
	{"list", "- 甲\n- 乙\n  - 丙", "• 甲\n• 乙\n  • 丙"},
	{"list of stars", "* one\n* **two**", "• one\n• two"},
	{"list of things to do", "- [ ] open\n- [x] done", "• ☐ open\n• ☑ done"},
	{"numbered list", "1. **甲**：一\n2. 乙", "1. 甲：一\n2. 乙"},
	{"table", "| 名 | 价 |\n|---|:-:|\n| **甲** | 1 |\n| 乙 |  |\n\nend", "名 | 价\n甲 | 1\n乙 | \n\nend"},
	{"table without outer bars", "a | b\n--- | ---\n1 | 2", "a | b\n1 | 2"},
	{"table with a bar in a cell", "| a |\n|---|\n| x \\| y |", "a\nx | y"},
	{"quotation", "> **Note**: read\n> - this", "> Note: read\n> • this"},
	{"rule", "a\n\n---\n\nb\n***\n_ _ _", "a\n\n———\n\nb\n———\n———"},
	{"escapes", `\*not italic\* and \_this\_ and \[that\]`, "*not italic* and _this_ and [that]"},
	{"escapes at the beginning", "1\\. not a list\n\\- nor this\n\\# nor this", "1. not a list\n- nor this\n# nor this"},
	{"lines of Windows", "# a\r\n**b**\r\n", "【a】\r\nb\r\n"},
}

func TestPlain(t *testing.T) {
	for _, c := range converted {
		if got := Plain(c.in, true); got != c.want {
			t.Errorf("%s: Plain(%q)\n got %q\nwant %q", c.name, c.in, got, c.want)
		}
	}
}

// TestPlain_LeavesTheRestAlone has what people and programs write without thinking of Markdown.
func TestPlain_LeavesTheRestAlone(t *testing.T) {
	for _, text := range []string{
		"", "\n", " \n\t\n", "你好，世界！", "Hello, world. It's 5 o'clock - or 6.",
		"2*3*4=24", "2 * 3 * 4", "2**10 and 3**2", "体积=长*宽*高", "α*β*γ", "(a+b)*(c+d)*(e+f)", "3*(4+5)*6", "f(x)*g(x)*h(x)", "5**(n)**2", "a*b + c*d",
		"snake_case_names and file_names.md", "__init__.py and __name__", "/var/_data_/x and _a_.md", "MAX_UTF8_LEN=2048",
		"https://example.com/a_b_c/_d_/*e*?f=_g_", "see https://example.com/__x__ now", "http://例子.中国/a_b",
		"*args, **kwargs", "int *p, *q;", "*p = *q;", "价格*起，*以实际为准", "a~b~~c", "~~old~~",
		"😀👍🏽 *️⃣ #️⃣ 1️⃣", "(*^_^*) (^_^) -_- >_< T_T (*_*)", `¯\(ツ)/¯ C:\temp\.git \\server\share`, `\(x^2\) \frac{1}{2} a\\b`,
		"#话题# 大家好", "#5 is it", "#", "##", "# ", "C# and F#", "-5 degrees", "-a", "--help", "--", "1.5", "1.甲", "+ 5", "+86 138",
		"callbacks[i](arg) and m[0](1)", "[1] see below", "[a] (b)", "[a](b.md)", "[x](javascript:alert(1))", "a[0] = b[1]",
		"a | b", "|x|", "a || b\nc", "> 5", "->", "a > b", "<https://example.com>", "1 < 2 > 0 &amp; &lt;", `<a href="https://example.com/a_b_*c*">甲_乙_</a>`,
		`<a href="weixin://bizmsgmenu?msgmenucontent=x&msgmenuid=_1_">*</a>`, "`", "``", "a `b", "!", "![", "[](", "]", "](https://example.com)",
		"    indented = *code*", "=====", "\u200b\ufeff", "\xff*\xfe", "……——", "/::) /:handclap", "🎵~~~", "“*”", "* ", "**", "****", "** a **",
	} {
		for _, anchors := range []bool{true, false} {
			if got := Plain(text, anchors); got != text {
				t.Errorf("Plain(%q) = %q", text, got)
			}
		}
	}
}

func TestPlain_WithoutAnchors(t *testing.T) {
	for in, want := range map[string]string{
		"see [docs](https://example.com/a_b) now": "see docs: https://example.com/a_b now",
		"![图](https://example.com/p.png)":         "图: https://example.com/p.png",
		"[](https://example.com)":                 "https://example.com",
		`[a](https://example.com "t")`:            "a: https://example.com（t）",
		"**[a](https://example.com)**":            "a: https://example.com",
	} {
		if got := Plain(in, false); got != want {
			t.Errorf("Plain(%q) = %q, want %q", in, got, want)
		}
	}
}

// hard are texts that make a careless parser slow.
func hard(n int) map[string]string {
	all := map[string]string{"pairs": strings.Repeat("[", n/2) + strings.Repeat("](https://a.b)", n/26), "ticks": ""}
	for _, unit := range []string{"*", "[", "]", "`", "_", "~", "|", ">", "#", "-", "\\", "<", "![", "**a ", "*a ", "a* ", "a** ", "*a **b ", "[a](", "](", "[a](https://",
		"[a](https://b \"", "[a](https://b '", "[a](<", "<a ", "`a``b", "_a ", "__a", "> ", ">- ", "- ", "|a", "| - ", "|\n|-\n", "https://*", "**a** ", "***a* b** ", "((((", "```\n", "~~~a\n", "*️", "\n", " "} {
		all[unit] = strings.Repeat(unit, n/len(unit))
	}
	var ticks strings.Builder
	for i := 1; ticks.Len() < n; i++ {
		ticks.WriteString(strings.Repeat("`", i) + "a")
	}
	all["ticks"] = ticks.String()
	return all
}

// TestPlain_IsLinear gives 256 KiB the time that a quadratic parser needs for a fraction of it.
func TestPlain_IsLinear(t *testing.T) {
	for name, text := range hard(1 << 18) {
		start := time.Now()
		Plain(text, true)
		if took := time.Since(start); took > 5*time.Second { // It takes 5 to 50 ms.
			t.Errorf("%q: %v", name, took)
		}
	}
}

// letters counts what nobody may lose.
func letters(text string) map[rune]int {
	count := map[rune]int{}
	for _, r := range text {
		if r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			count[r]++
		}
	}
	return count
}

func FuzzPlain(f *testing.F) {
	for _, c := range converted {
		f.Add(c.in)
	}
	for _, text := range hard(64) {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, anchors := range []bool{true, false} {
			got := Plain(text, anchors)
			if utf8.ValidString(text) && !utf8.ValidString(got) {
				t.Fatalf("%q became broken: %q", text, got)
			}
			if len(got) > 20*len(text)+100 {
				t.Fatalf("%d bytes became %d", len(text), len(got))
			}
			if strings.Contains(text, "://") && strings.Contains(text, "](") {
				continue // The words of a link that are its address are not said twice.
			}
			now := letters(got)
			for r, n := range letters(withoutLanguages(text)) {
				if r != 'x' && r != 'X' && now[r] < n { // Of a box that is checked.
					t.Fatalf("%q lost a %q: %q", text, r, got)
				}
			}
		}
	})
}

// withoutLanguages drops what may say the language of a block of code.
func withoutLanguages(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		trimmed := strings.TrimSpace(line)
		if strings.HasPrefix(trimmed, "```") || strings.HasPrefix(trimmed, "~~~") {
			lines[i] = ""
		}
	}
	return strings.Join(lines, "\n")
}
