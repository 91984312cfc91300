# SPDX-License-Identifier: BSL-1.0
# Writes each fenced block of C++ that has a main to <folder>/line<N>.cpp and prints line<N>, its place in the file.
/^```/ && inside {
    inside = 0
    if (text ~ /int main\(/) {
        name = "line" began
        printf "#line %d \"README.md\"\n%s", began + 1, text > (folder "/" name ".cpp")
        close(folder "/" name ".cpp")
        print name
    }
    next
}
/^```cpp/ { inside = 1; began = NR; text = ""; next }
inside { text = text $0 "\n" }
