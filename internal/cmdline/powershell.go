// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package cmdline

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// PowerShellScript is a script, read as PowerShell's parser reads it.
//
// PowerShell reads a script in two modes. In argument mode, after the name of a
// command, a path without quotes is a string. In expression mode a string needs
// quotes. The start of a statement decides: a name starts a command, anything else
// an expression.
//
// Sources:
// https://github.com/MicrosoftDocs/PowerShell-Docs/blob/d61d15b5faf081733c507df73e9e68d419cc7a5e/reference/5.1/Microsoft.PowerShell.Core/About/about_Parsing.md
// https://github.com/PowerShell/PowerShell/blob/v7.4.6/src/System.Management.Automation/engine/parser/Parser.cs
// https://github.com/PowerShell/PowerShell/blob/v7.4.6/src/System.Management.Automation/engine/parser/tokenizer.cs
type PowerShellScript struct {
	Text string
	// Replaced: the runtime replaces the tokens of the sandbox variable in the text,
	// so that each is a path for PowerShell.
	Replaced bool
}

// Place is the state of PowerShell's parser at a part of a script.
type Place uint8

const (
	// PlaceCommand is the name of a command, at the start of a statement or after |.
	PlaceCommand Place = iota
	// PlaceValue is the name of a command too, where its output is used: after =,
	// return and throw, and in parentheses.
	PlaceValue
	// PlaceInvoked is the command that & or the dot operator runs.
	PlaceInvoked
	// PlaceArgument is an argument of a command, in argument mode.
	PlaceArgument
	// PlaceOutput is the file of a redirection.
	PlaceOutput
	// PlaceOperand is where an expression has a value.
	PlaceOperand
	// PlaceOperator is where an expression, after a value, has an operator.
	PlaceOperator
	// PlaceKey is the key of an entry of a hashtable.
	PlaceKey
)

// PartKind is how a part of a script is written.
type PartKind uint8

const (
	// PartBare is text without quotes.
	PartBare PartKind = iota
	// PartSingleQuoted is text in single quotes, or in such a here-string.
	PartSingleQuoted
	// PartDoubleQuoted is text in double quotes, or in such a here-string, up to a
	// $( and after its end.
	PartDoubleQuoted
	// PartSign is a sign around commands and expressions: a bracket, an operator, a
	// keyword, a separator or the end of a line. Its place is PlaceOperator, except for
	// that of a bracket that opens an argument.
	PartSign
	// PartComment is a comment.
	PartComment
)

// Part is a part of a script that is written in one way.
type Part struct {
	Kind  PartKind
	Place Place
	// Joined: it belongs to the same word as the part before it, on the same level.
	Joined bool
	// Depth is the number of brackets around it.
	Depth int
	// Start and End are its place in the script, without quotes.
	Start, End int
}

// Parts ranges over the parts of the script, up to where it can't be read.
func (s PowerShellScript) Parts(yield func(Part) bool) {
	r := psReader{PowerShellScript: s}
	for r.pos < len(s.Text) && r.next() {
		if r.found {
			r.found = false
			if !yield(r.part) {
				return
			}
		}
	}
}

// psDeepest is the maximal depth of brackets in a script.
const psDeepest = 64

// psBracket is the construct that a frame of the reader is in.
type psBracket uint8

const (
	psBlock  psBracket = iota // the script, or { … }
	psGroup                   // ( … ), $( … ), @( … ): statements whose output is used
	psParams                  // param( … )
	psCall                    // the arguments of a method or an attribute
	psIndex                   // $x[ … ]
	psType                    // [ … ]
	psHash                    // @{ … }
	psSwitch                  // the clauses of a switch
	psString                  // " … "
	psHere                    // @" … "@
)

// psState is the part of a script that a frame expects next.
type psState uint8

const (
	psStatement psState = iota // a statement
	psPiped                    // a command, after |
	psInvoke                   // what & or . run
	psArguments                // arguments
	psOperand                  // a value
	psOperator                 // an operator
	psAfterType                // either
	psHead                     // what belongs to a keyword: ( or {
	psBody                     // { , after the parentheses of a keyword
	psParam                    // a parameter
	psKey                      // a key of a hashtable
	psClause                   // a clause of a switch
)

// psFrame is the state of the reader in one pair of brackets.
type psFrame struct {
	bracket psBracket
	state   psState
	// head is the bracket that a keyword opens: psGroup, psParams, and psSwitch for
	// the braces after the parentheses.
	head psBracket
	// used: the output of the statement is used.
	used bool
	// output: the next word is the file of a redirection.
	output bool
	// place is that of the last word, and end the index after it.
	place Place
	end   int
	// value: the last word is a variable or ended with a bracket; member: and names a
	// member of it, so that a parenthesis after it has the arguments of a method.
	value, member bool
}

// psReader reads a script from left to right, once.
type psReader struct {
	PowerShellScript
	pos int
	// part is the last part, if found is true.
	part  Part
	found bool
	// frames are the brackets and strings that the reader is in, up to the depth'th.
	frames [psDeepest]psFrame
	depth  int
	// strings counts those of strings, which are no level of their own.
	strings int
}

func (r *psReader) top() *psFrame { return &r.frames[r.depth] }

// push enters a bracket or a string. It returns false where there are too many.
func (r *psReader) push(f psFrame) bool {
	if r.depth+1 == len(r.frames) {
		return false
	}
	r.depth++
	f.end = -1
	r.frames[r.depth] = f
	return true
}

func (r *psReader) at(i int) byte {
	if i < len(r.Text) {
		return r.Text[i]
	}
	return 0
}

// emit has found a part.
func (r *psReader) emit(kind PartKind, place Place, joined bool, start, end int) bool {
	r.part, r.found = Part{kind, place, joined, r.depth - r.strings, start, end}, true
	return true
}

// placed sets the place of the part that was found.
func (r *psReader) placed(place Place, joined bool) bool {
	r.part.Place, r.part.Joined = place, joined
	return true
}

// sign consumes n bytes that are a sign.
func (r *psReader) sign(n int) bool {
	r.pos += n
	return r.emit(PartSign, PlaceOperator, false, r.pos-n, r.pos)
}

// open consumes n bytes that open a bracket. The frame expects after when the bracket is
// closed.
func (r *psReader) open(n int, bracket psBracket, state, after psState) bool {
	top := r.top()
	place, joined := PlaceOperator, false
	switch top.state {
	case psArguments:
		place, joined = PlaceArgument, top.end == r.pos && (bracket == psCall || r.Text[r.pos] == '$')
	case psInvoke:
		place = PlaceInvoked
	}
	if joined {
		place = top.place
	}
	top.state, top.place, top.output = after, place, false
	return r.sign(n) && r.placed(place, joined) && r.push(psFrame{bracket: bracket, state: state, used: bracket == psGroup})
}

// close consumes a closing bracket. Where it closes nothing, or something else, the
// script can't be read.
func (r *psReader) close(brackets ...psBracket) bool {
	if r.depth == 0 || !slices.Contains(brackets, r.top().bracket) {
		return false
	}
	r.depth--
	top := r.top()
	top.end, top.value, top.member = r.pos+1, true, false
	return r.sign(1)
}

// next reads one part. It returns false where the reading ends.
func (r *psReader) next() bool {
	top := r.top()
	switch top.bracket {
	case psString, psHere:
		return r.inString()
	}
	c := r.Text[r.pos]
	switch {
	case c == ' ' || c == '\t' || c == '\r':
		r.pos++
		return true
	case c == '`' && (r.at(r.pos+1) == '\n' || r.at(r.pos+1) == '\r'):
		r.pos += 2
		return true
	case c == '\n' || c == ';':
		r.separate(c == '\n')
		return r.sign(1)
	case c == '#' && !r.inWord():
		return r.comment(r.pos, strings.IndexByte(r.Text[r.pos:], '\n'))
	case c == '<' && r.at(r.pos+1) == '#':
		end := strings.Index(r.Text[r.pos:], "#>")
		if end >= 0 {
			end += 2
		}
		return r.comment(r.pos, end)
	case r.token() > 0:
		return r.path()
	case top.bracket == psType:
		return r.inType(c)
	}
	switch c {
	case '(':
		return r.parenthesis()
	case '{':
		return r.brace()
	case ')':
		return r.close(psGroup, psParams, psCall)
	case '}':
		return r.close(psBlock, psHash, psSwitch)
	case ']':
		if top.bracket == psIndex {
			return r.close(psIndex)
		}
	case '|':
		return r.pipe()
	case '&':
		return r.ampersand()
	case ',':
		return r.comma()
	case '<', '>':
		return r.redirection(1)
	case '$', '@':
		if r.at(r.pos+1) == '(' {
			return r.open(2, psGroup, psStatement, r.afterValue())
		}
		if c == '@' && r.at(r.pos+1) == '{' {
			return r.open(2, psHash, psKey, r.afterValue())
		}
	}
	if kind, n := r.quote(); n > 0 {
		return r.text(kind, n)
	}
	switch top.state {
	case psStatement, psPiped, psBody:
		return r.statement(c)
	case psOperand:
		return r.operand(c)
	case psOperator:
		return r.operator(c)
	case psAfterType:
		if strings.IndexByte("-=.:", c) >= 0 || r.dash() > 0 {
			return r.operator(c)
		}
		return r.statement(c)
	case psParam:
		switch c {
		case '[':
			return r.open(1, psType, psOperand, psParam)
		case '=':
			top.state = psOperand
			return r.sign(1)
		}
		return r.word(PlaceOperand, r.name(), psParam)
	case psHead:
		if c == '[' {
			return r.open(1, psType, psOperand, psHead)
		}
		return r.word(PlaceArgument, r.bare(), psHead)
	case psKey:
		if c == '=' {
			top.state, top.used = psStatement, true
			return r.sign(1)
		}
		return r.word(PlaceKey, r.name(), psKey)
	case psClause:
		return r.word(PlaceArgument, r.bare(), psClause)
	case psInvoke:
		return r.word(PlaceInvoked, r.bare(), psArguments)
	}
	return r.argument()
}

// token is the length of a token that the runtime has replaced.
func (r *psReader) token() int {
	if !r.Replaced {
		return 0
	}
	return len(Token(r.Text[r.pos:]))
}

// inWord reports whether the reader is directly after a word in argument mode.
func (r *psReader) inWord() bool {
	top := r.top()
	return top.end == r.pos && (top.state == psArguments || top.state == psClause || top.state == psHead)
}

// comment consumes a comment of n bytes, or all of the rest.
func (r *psReader) comment(start, n int) bool {
	if n < 0 {
		n = len(r.Text) - start
	}
	r.pos = start + n
	return r.emit(PartComment, PlaceOperator, false, start, r.pos)
}

// separate ends a statement, at the end of a line or a semicolon.
func (r *psReader) separate(line bool) {
	top := r.top()
	top.output = false
	switch top.bracket {
	case psBlock, psGroup:
		switch {
		case line && (top.state == psOperand || top.state == psPiped || top.state == psHead || top.state == psBody):
		case line && top.state == psStatement:
		default:
			top.state, top.used = psStatement, top.bracket == psGroup
		}
	case psHash:
		if !line || top.state != psStatement && top.state != psOperand && top.state != psPiped {
			top.state = psKey
		}
	}
}

// word consumes n bytes of a word without quotes. Then the frame expects after.
func (r *psReader) word(place Place, n int, after psState) bool {
	top := r.top()
	joined := top.end == r.pos && top.state == psArguments && after == psArguments
	switch {
	case joined:
		place = top.place
	case top.output:
		place, top.output = PlaceOutput, false
		after = top.state
	}
	top.state, top.place = after, place
	start := r.pos
	r.pos += n
	if !joined {
		top.value, top.member = r.Text[start] == '$', false
	}
	if text := r.Text[start:r.pos]; top.value && strings.IndexByte(text, '.') >= 0 && !strings.ContainsAny(text, `\/`) {
		top.member = true
	}
	top.end = r.pos
	return r.emit(PartBare, place, joined, start, r.pos)
}

// path consumes a word that starts with a token, or goes on with one.
func (r *psReader) path() bool {
	switch top := r.top(); top.state {
	case psStatement, psBody:
		return r.word(r.commandPlace(), r.bare(), psArguments)
	case psPiped:
		return r.word(PlaceCommand, r.bare(), psArguments)
	case psInvoke:
		return r.word(PlaceInvoked, r.bare(), psArguments)
	case psOperand, psAfterType:
		return r.word(PlaceOperand, r.bare(), psOperator)
	case psOperator:
		return r.word(PlaceOperator, r.bare(), psOperator)
	case psKey:
		return r.word(PlaceKey, r.bare(), psKey)
	case psParam:
		return r.word(PlaceOperand, r.bare(), psParam)
	default:
		return r.word(PlaceArgument, r.bare(), top.state)
	}
}

func (r *psReader) commandPlace() Place {
	if r.top().used {
		return PlaceValue
	}
	return PlaceCommand
}

// afterValue returns the state of the frame after a value that starts here.
func (r *psReader) afterValue() psState {
	switch state := r.top().state; state {
	case psInvoke:
		return psArguments
	case psArguments, psHead, psKey, psClause, psParam:
		return state
	}
	return psOperator
}

func (r *psReader) parenthesis() bool {
	top := r.top()
	switch top.state {
	case psHead:
		if top.head == psParams {
			after := psHead
			if top.used { // param, not a function
				after = psStatement
			}
			top.used = false
			return r.open(1, psParams, psParam, after)
		}
		return r.open(1, psGroup, psStatement, psBody)
	case psOperator:
		return r.open(1, psCall, psOperand, psOperator)
	case psArguments:
		if top.end == r.pos && top.member {
			return r.open(1, psCall, psOperand, psArguments)
		}
	}
	return r.open(1, psGroup, psStatement, r.afterValue())
}

func (r *psReader) brace() bool {
	top := r.top()
	switch top.state {
	case psHead, psBody:
		if top.head == psSwitch {
			return r.open(1, psSwitch, psClause, psStatement)
		}
		return r.open(1, psBlock, psStatement, psStatement)
	}
	return r.open(1, psBlock, psStatement, r.afterValue())
}

func (r *psReader) pipe() bool {
	top := r.top()
	top.used, top.output = false, false
	if r.at(r.pos+1) == '|' {
		top.state = psStatement
		return r.sign(2)
	}
	top.state = psPiped
	return r.sign(1)
}

func (r *psReader) ampersand() bool {
	top := r.top()
	switch {
	case r.at(r.pos+1) == '&':
		top.state, top.used = psStatement, false
		return r.sign(2)
	case top.state == psArguments || top.state == psOperator: // in the background
		top.state, top.used = psStatement, false
	default:
		top.state = psInvoke
	}
	return r.sign(1)
}

func (r *psReader) comma() bool {
	top := r.top()
	switch {
	case top.bracket == psParams:
		top.state = psParam
	case top.state == psOperator || top.state == psStatement || top.state == psAfterType:
		top.state = psOperand
	}
	return r.sign(1)
}

// redirection consumes a redirection whose > or < is n bytes away from its end.
func (r *psReader) redirection(n int) bool {
	top := r.top()
	for r.at(r.pos+n) == '>' {
		n++
	}
	if r.at(r.pos+n) == '&' {
		return r.sign(min(n+2, len(r.Text)-r.pos))
	}
	top.output = true
	return r.sign(n)
}

// quote is the kind of the string that starts here, and the length of what opens it.
func (r *psReader) quote() (kind PartKind, n int) {
	text, here := r.Text[r.pos:], 0
	if text[0] == '@' && (r.top().state != psArguments || r.top().end != r.pos) {
		text, here = text[1:], 1
	}
	kind, n = psQuote(text)
	switch {
	case n == 0:
		return 0, 0
	case here == 0:
		return kind, n
	}
	end := strings.TrimLeft(text[n:], " \t\r")
	if end == "" || end[0] != '\n' {
		return 0, 0
	}
	return kind, here + len(text) - len(end) + 1
}

// psQuote returns the kind and length of the quote at the start of a text. PowerShell
// treats typographic quotes like ASCII quotes.
func psQuote(text string) (kind PartKind, n int) {
	switch {
	case text == "":
	case text[0] == '\'':
		return PartSingleQuoted, 1
	case text[0] == '"':
		return PartDoubleQuoted, 1
	case len(text) > 2 && text[0] == 0xe2 && text[1] == 0x80 && text[2] >= 0x98:
		switch text[2] {
		case 0x98, 0x99, 0x9a, 0x9b:
			return PartSingleQuoted, 3
		case 0x9c, 0x9d, 0x9e:
			return PartDoubleQuoted, 3
		}
	}
	return 0, 0
}

// text consumes n bytes that open a string, and a string in single quotes whole.
func (r *psReader) text(kind PartKind, n int) bool {
	here := r.Text[r.pos] == '@'
	joined, place := r.startString()
	r.pos += n
	if kind == PartDoubleQuoted {
		bracket := psString
		if here {
			bracket = psHere
		}
		r.strings++
		return r.push(psFrame{bracket: bracket, place: place, output: joined})
	}
	start := r.pos
	for r.pos < len(r.Text) {
		switch n := r.endOfString(here, PartSingleQuoted); {
		case n < 0:
			r.pos -= n
		case n > 0:
			r.emit(PartSingleQuoted, place, joined, start, r.pos)
			r.pos += n
			r.top().end = r.pos
			return true
		default:
			r.pos++
		}
	}
	return r.emit(PartSingleQuoted, place, joined, start, r.pos)
}

// startString starts a string. It changes the state as a word does.
func (r *psReader) startString() (joined bool, place Place) {
	top := r.top()
	joined = top.end == r.pos && top.state == psArguments
	switch {
	case joined:
		return true, top.place
	case top.output:
		top.output, top.place = false, PlaceOutput
		return false, PlaceOutput
	}
	after := r.afterValue()
	switch top.state {
	case psInvoke:
		place = PlaceInvoked
	case psArguments, psHead, psClause:
		place = PlaceArgument
	case psOperator:
		place = PlaceOperator
	case psKey:
		place = PlaceKey
	default:
		place = PlaceOperand
	}
	top.state, top.place, top.value, top.member = after, place, false, false
	return false, place
}

// endOfString is the length of what ends a string here; the length of a quote that
// is written twice, below zero, and else zero.
func (r *psReader) endOfString(here bool, kind PartKind) int {
	if here {
		if r.Text[r.pos] != '\n' {
			return 0
		}
		if k, n := psQuote(r.Text[r.pos+1:]); n > 0 && k == kind && r.at(r.pos+1+n) == '@' {
			return n + 2
		}
		return 0
	}
	k, n := psQuote(r.Text[r.pos:])
	if n == 0 || k != kind {
		return 0
	}
	if again, m := psQuote(r.Text[r.pos+n:]); m > 0 && again == kind {
		return -n - m
	}
	return n
}

// inString consumes the rest of a string in double quotes, up to a $( in it.
func (r *psReader) inString() bool {
	top := r.top()
	start, joined, place, here := r.pos, top.output, top.place, top.bracket == psHere
	if strings.HasPrefix(r.Text[start:], "$(") {
		return r.sign(2) && r.push(psFrame{bracket: psGroup, used: true})
	}
	top.output = true // what follows a $( is joined
	for r.pos < len(r.Text) {
		switch n := r.endOfString(here, PartDoubleQuoted); {
		case n < 0:
			r.pos -= n
			continue
		case n > 0:
			r.depth--
			r.strings--
			r.emit(PartDoubleQuoted, place, joined, start, r.pos)
			r.pos += n
			r.top().end = r.pos
			return true
		}
		switch c := r.Text[r.pos]; {
		case c == '`':
			r.pos++
		case c == '$' && r.at(r.pos+1) == '(':
			return r.emit(PartDoubleQuoted, place, joined, start, r.pos)
		}
		r.pos = min(r.pos+1, len(r.Text))
	}
	r.depth--
	r.strings--
	return r.emit(PartDoubleQuoted, place, joined, start, r.pos)
}

// inType consumes a part of what is between [ and ] before a value.
func (r *psReader) inType(c byte) bool {
	switch c {
	case ']':
		return r.close(psType)
	case '[':
		return r.open(1, psType, psOperand, psOperand)
	case '(':
		return r.open(1, psCall, psOperand, psOperand)
	case ')', '}':
		return false
	}
	r.pos++
	return true
}

// statement consumes the first part of a statement.
func (r *psReader) statement(c byte) bool {
	top := r.top()
	if top.state == psBody {
		top.state, top.used = psStatement, false
	}
	dash := r.dash()
	switch {
	case top.output:
		return r.word(PlaceOutput, r.bare(), top.state)
	case top.state == psAfterType && !IsLetter(c):
		return r.operand(c)
	case c == '$', c == '[', c == '!', c == '+', c == '@':
		return r.operand(c)
	case '0' <= c && c <= '9':
		if n := r.number(); n > 0 {
			return r.word(PlaceOperand, n, psOperator)
		}
	case dash > 0:
		name := r.Text[r.pos+dash:]
		name = name[:psNameLength(name)]
		if name == "" || psUnary(name) || name[0] >= '0' && name[0] <= '9' {
			return r.operand(c)
		}
	case c == '.':
		if next := r.at(r.pos + 1); next == 0 || strings.IndexByte(" \t$'\"({&", next) >= 0 {
			top.state = psInvoke
			return r.sign(1)
		}
	}
	n := r.bare()
	if top.state != psPiped && IsLetter(c) && r.keyword(r.Text[r.pos:r.pos+n]) {
		return r.sign(n)
	}
	if top.state == psAfterType {
		return r.word(PlaceOperand, n, psOperator)
	}
	place := PlaceCommand
	if top.state == psStatement {
		place = r.commandPlace()
	}
	return r.word(place, n, psArguments)
}

// keyword reports whether the word is a keyword, and sets the state of the frame after it.
func (r *psReader) keyword(word string) bool {
	top := r.top()
	var lower [len("configuration")]byte
	if len(word) > len(lower) {
		return false
	}
	for i := range len(word) {
		lower[i] = word[i] | 0x20
	}
	switch string(lower[:len(word)]) {
	case "return", "throw", "exit":
		top.state, top.used = psStatement, true
	case "if", "elseif", "while", "until", "for", "foreach":
		top.state, top.head, top.used = psHead, psGroup, false
	case "switch":
		top.state, top.head, top.used = psHead, psSwitch, false
	case "else", "do", "try", "finally", "begin", "process", "end", "dynamicparam", "clean":
		top.state, top.head, top.used = psBody, psGroup, false
	case "catch", "trap":
		top.state, top.head, top.used = psHead, psGroup, false
	case "param":
		top.state, top.head, top.used = psHead, psParams, true
	case "function", "filter", "class", "enum", "data", "workflow", "configuration":
		top.state, top.head, top.used = psHead, psParams, false
	case "break", "continue", "using":
		top.state, top.place = psArguments, PlaceArgument
	default:
		return false
	}
	return true
}

// operand consumes a value, or an operator before one.
func (r *psReader) operand(c byte) bool {
	top := r.top()
	switch dash := r.dash(); {
	case c == '[':
		return r.open(1, psType, psOperand, psAfterType)
	case c == '!', c == '+':
		top.state = psOperand
		return r.sign(1)
	case dash > 0:
		top.state = psOperand
		return r.sign(dash + psNameLength(r.Text[r.pos+dash:]))
	case '0' <= c && c <= '9':
		if n := r.number(); n > 0 {
			return r.word(PlaceOperand, n, psOperator)
		}
	case c == '$', c == '@':
		return r.word(PlaceOperand, r.name(), psOperator)
	}
	return r.word(PlaceOperand, r.bare(), psOperator)
}

// operator consumes an operator, or a suffix of a value.
func (r *psReader) operator(c byte) bool {
	top := r.top()
	next := r.at(r.pos + 1)
	dash := r.dash()
	if top.output {
		return r.word(PlaceOutput, r.bare(), psOperator)
	}
	switch {
	case c == '.' && next == '.':
		top.state = psOperand
		return r.sign(2)
	case c == '.', c == ':' && next == ':', c == '?' && next == '.':
		n := 1
		if c != '.' {
			n = 2
		}
		name := r.Text[r.pos+n:]
		top.state = psOperator
		if len(name) > 0 && name[0] == '$' {
			n++
			name = name[1:]
		}
		n += psNameLength(name)
		return r.sign(n)
	case c == '[':
		return r.open(1, psIndex, psOperand, psOperator)
	case dash > 0 && r.at(r.pos+dash) != '=':
		if next == '-' {
			return r.sign(2)
		}
		top.state = psOperand
		return r.sign(dash + psNameLength(r.Text[r.pos+dash:]))
	case c == '+' && next == '+':
		return r.sign(2)
	case c == '=', strings.IndexByte("+-*/%?", c) >= 0 && next == '=', c == '?' && next == '?' && r.at(r.pos+2) == '=':
		if top.bracket == psCall || top.bracket == psParams || top.bracket == psIndex {
			top.state = psOperand
		} else {
			top.state, top.used = psStatement, true
		}
		return r.sign(1 + strings.IndexByte(r.Text[r.pos:], '='))
	case strings.IndexByte("+*/%?:", c) >= 0:
		top.state = psOperand
		return r.sign(1)
	}
	if n := r.name(); top.bracket == psGroup && n == 2 && strings.EqualFold(r.Text[r.pos:r.pos+n], "in") {
		top.state, top.used = psStatement, true
		return r.sign(n)
	}
	return r.word(PlaceOperator, r.bare(), psOperator)
}

// argument consumes an argument without quotes.
func (r *psReader) argument() bool {
	n := r.bare()
	switch word := r.Text[r.pos : r.pos+n]; {
	case r.at(r.pos+n) == '>' && (len(word) == 1 && '1' <= word[0] && word[0] <= '9' || word == "*"):
		return r.redirection(n + 1)
	case word == "--%":
		end := strings.IndexAny(r.Text[r.pos:], "\n|")
		if end < 0 {
			end = len(r.Text) - r.pos
		}
		n = end
	}
	return r.word(PlaceArgument, n, psArguments)
}

// bare is the length of the text without quotes that starts here and doesn't end a
// word; it is at least one.
func (r *psReader) bare() int {
	expression := r.top().state == psOperand || r.top().state == psOperator
	i := r.pos
	for i < len(r.Text) {
		switch c := r.Text[i]; {
		case c == '`':
			if next := r.at(i + 1); next == '\n' || next == '\r' {
				return max(i-r.pos, 1)
			}
			i += 2
			continue
		case strings.IndexByte(" \t\r\n;|&<>(){},'\"", c) >= 0, c == ']' && expression:
			return max(i-r.pos, 1)
		case c == '$' && r.at(i+1) == '(':
			return max(i-r.pos, 1)
		case c == '$' && r.at(i+1) == '{':
			end := strings.IndexByte(r.Text[i:], '}')
			if end < 0 {
				return len(r.Text) - r.pos
			}
			i += end
		case c == 0xe2:
			if _, n := psQuote(r.Text[i:]); n > 0 {
				return max(i-r.pos, 1)
			}
		}
		i++
	}
	return len(r.Text) - r.pos
}

// name is the length of the name or variable that starts here; it is at least one.
func (r *psReader) name() int {
	text := r.Text[r.pos:]
	if text[0] != '$' && text[0] != '@' {
		return max(psNameLength(text), 1)
	}
	if len(text) > 1 && text[1] == '{' {
		if end := strings.IndexByte(text, '}'); end > 0 {
			return end + 1
		}
		return len(text)
	}
	if len(text) > 1 && strings.IndexByte("$?^", text[1]) >= 0 {
		return 2
	}
	n := 1
	for n < len(text) && (isPSName(text[n]) || text[n] == ':' && n+1 < len(text) && isPSName(text[n+1])) {
		n++
	}
	return n
}

// number is the length of a number that starts here; zero where it is the start of a
// name.
func (r *psReader) number() int {
	text := r.Text[r.pos:]
	n := 0
	for n < len(text) && (isPSName(text[n]) || text[n] == '.' && n+1 < len(text) && '0' <= text[n+1] && text[n+1] <= '9' && text[n-1] != '.') {
		n++
	}
	// Hexadecimal digits, an exponent, a suffix and a multiplier can follow.
	if strings.Trim(text[:n], "0123456789.abcdefxlunygkmptABCDEFXLUNYGKMPT") != "" {
		return 0
	}
	if n < len(text) && strings.IndexByte(`\:~`, text[n]) >= 0 {
		return 0
	}
	return n
}

// dash returns the length of the dash that starts here. PowerShell treats typographic
// dashes like a hyphen.
func (r *psReader) dash() int {
	text := r.Text[r.pos:]
	if text[0] == '-' {
		return 1
	}
	if len(text) > 2 && text[0] == 0xe2 && text[1] == 0x80 && 0x93 <= text[2] && text[2] <= 0x95 {
		return 3
	}
	return 0
}

// psNameLength returns the length of the name at the start of a text.
func psNameLength(text string) int {
	n := 0
	for n < len(text) && isPSName(text[n]) {
		n++
	}
	return n
}

func isPSName(c byte) bool {
	return 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' || c == '_' || c >= utf8.RuneSelf
}

// psUnary reports whether name is a unary operator.
func psUnary(name string) bool {
	switch strings.ToLower(name) {
	case "not", "bnot", "join", "split", "isplit", "csplit":
		return true
	}
	return false
}
