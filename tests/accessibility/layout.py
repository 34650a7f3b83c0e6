"""Whether a page holds together: nothing scrolls sideways, nothing is cut, nothing lies on something else."""

from playwright.sync_api import Page

# Text is looked at line by line, as it is drawn. Left out is what is not shown, and what sticks to the window and
# lies on the page by intent.
LAYOUT = """() => {
    const troubles = [];
    const root = document.documentElement;
    const width = root.clientWidth;
    if (root.scrollWidth > width) { troubles.push(`the page is ${root.scrollWidth} wide in ${width}`); }
    const lines = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const text = walker.currentNode;
        const parent = text.parentElement;
        const words = text.textContent.trim();
        if (!words || !parent.checkVisibility() || parent.closest(".unseen, .skip, script, style, select, textarea")) {
            continue;
        }
        let isSticky = false;
        for (let node = parent; node; node = node.parentElement) {
            const style = getComputedStyle(node);
            if (style.position === "sticky" || style.position === "fixed") { isSticky = true; }
            const isCut = style.overflowX !== "visible" && node.scrollWidth > node.clientWidth + 1;
            const isLow = style.overflowY === "hidden" && node.scrollHeight > node.clientHeight + 1;
            if (node !== document.body && node !== root && (isCut || isLow)) {
                troubles.push(`cut: "${words.slice(0, 40)}" in ${node.tagName}.${node.className}`);
            }
        }
        if (parent.closest("button, .button") && parent.scrollWidth > parent.clientWidth + 1 && parent.clientWidth) {
            troubles.push(`wider than its button: "${words.slice(0, 40)}"`);
        }
        const range = document.createRange();
        range.selectNodeContents(text);
        for (const box of range.getClientRects()) {
            if (box.right > width + 1 || box.left < -1) { troubles.push(`outside: "${words.slice(0, 40)}"`); }
            if (!isSticky) { lines.push({box, text, words}); }
        }
    }
    for (const field of document.querySelectorAll("main input, main select, main textarea")) {
        if (field.type === "hidden" || !field.checkVisibility()) { continue; }
        const box = field.getBoundingClientRect();
        if (box.right > width + 1 || box.left < -1) { troubles.push(`outside: ${field.id}`); }
        lines.push({box, text: field, words: field.id});
    }
    lines.sort((one, other) => one.box.top - other.box.top);
    for (let at = 0; at < lines.length; at += 1) {
        for (let next = at + 1; next < lines.length && lines[next].box.top < lines[at].box.bottom - 4; next += 1) {
            const one = lines[at], other = lines[next];
            const across = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
            const down = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top);
            // A unit stands in its field by intent.
            const isUnit = [one, other].some(line => line.text.parentElement.matches(".unit"));
            if (one.text !== other.text && across > 2 && down > 4 && !isUnit) {
                troubles.push(`"${one.words.slice(0, 40)}" lies on "${other.words.slice(0, 40)}"`);
            }
        }
    }
    return [...new Set(troubles)];
}"""

# Amounts stand with what they are of: a field under or beside its own label, in its own row; in a table with columns
# each figure under its heading. A partner's field stands beside its number, and is wide enough for a name.
AMOUNTS = """() => {
    const troubles = [];
    const seen = node => node.checkVisibility() && node.getBoundingClientRect().width > 0;
    for (const row of document.querySelectorAll(".amounts tr, .answer-rows tr, .totals-table tbody tr")) {
        const name = row.querySelector("th"), words = name.textContent.trim();
        const head = name.getBoundingClientRect();
        for (const cell of row.querySelectorAll("td")) {
            const box = cell.getBoundingClientRect();
            const isBeside = box.left >= head.right - 1 && box.top < head.bottom && box.bottom > head.top;
            const isUnder = box.top >= head.bottom - 1 && box.top - head.bottom < 16;
            if (!seen(name) || !seen(cell) || !(isBeside || isUnder)) { troubles.push(`away from amount: ${words}`); }
        }
    }
    for (const row of document.querySelectorAll(".partner")) {
        const name = row.querySelector("label").getBoundingClientRect();
        const box = row.querySelector("input").getBoundingClientRect();
        const isBeside = name.right <= box.left + 1 && name.top >= box.top - 1 && name.bottom <= box.bottom + 1;
        if (!isBeside || box.width < 160) { troubles.push(`away from its number: ${row.textContent.trim()}`); }
    }
    for (const table of document.querySelectorAll(".totals-table")) {
        const columns = [...table.querySelectorAll("thead th")].slice(1);
        for (const row of table.querySelectorAll("tbody tr")) {
            [...row.querySelectorAll("td")].forEach((cell, at) => {
                const head = columns[at].getBoundingClientRect(), box = cell.getBoundingClientRect();
                if (!seen(columns[at]) || Math.abs(head.right - box.right) > 2) {
                    troubles.push(`${cell.textContent} is not under ${columns[at].textContent}`);
                }
            });
        }
    }
    return troubles;
}"""


def layout_troubles(page: Page) -> list[str]:
    found: list[str] = page.evaluate(LAYOUT) + page.evaluate(AMOUNTS)
    return found
